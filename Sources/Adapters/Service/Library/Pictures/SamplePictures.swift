import AudioCore
import Auth
import SampleLibrary
import Storage

/// Waveforms and spectrograms of samples. What was drawn is kept for a week, beside the sample's own object.
public struct SamplePictures: Sendable {
    static let folder = "pictures/"
    /// Kept of one sample; more are drawn whenever they are asked for.
    static let mostKept = 16

    let library: Library
    let objects: any ObjectStore
    let analyzer: any SampleAnalyzer
    let work: WorkFolder
    let desk: DrawingDesk
    let egress: Egress
    let clock: any WallClock

    /// A picture of a sample, or its outline.
    ///
    /// An outline of few points is told from what the analysis kept. All else is decoded, in a process of its own and once,
    /// however many ask for it at the same time.
    ///
    /// - Throws: ``ServiceError`` `.notFound`, `.unprocessable`, `.unavailable` where too many are being drawn.
    public func picture(
        _ drawing: Drawing, of id: SampleID, for caller: Principal
    ) async throws -> SamplePicture {
        let item = try await library.sample(id, of: caller)
        let key = try Self.key(drawing, of: item.sample)
        let name = FileName.stem(of: item.sample.filename) + drawing.ending
        func picture(_ body: ObjectBody) -> SamplePicture {
            let info = ObjectInfo(
                key: key, size: body.info.size, etag: Self.etag(of: key), modified: body.info.modified,
                attributes: ObjectAttributes(contentType: drawing.contentType))
            return SamplePicture(
                name: name,
                body: Download(
                    ObjectBody(info: info, range: body.range, stream: body.stream), of: item.sample.owner, egress))
        }
        func picture(_ bytes: [UInt8]) -> SamplePicture {
            let info = ObjectInfo(
                key: key, size: bytes.count, etag: "", modified: clock.now(), attributes: ObjectAttributes())
            return picture(ObjectBody(info: info, range: 0..<bytes.count, stream: ByteStream(bytes)))
        }
        if case .outline(let format, let points) = drawing,
            let outline = WaveformData(item.features, points: points)
        {
            return picture(outline.bytes(format))
        }
        do {
            return picture(try await objects.get(key))
        } catch ObjectStoreError.notFound {
            return picture(
                try await desk.bytes(of: key) {
                    // Who looked before it was kept may come here after that.
                    if let kept = try? await objects.get(key).stream.collected() { return kept }
                    return try await draw(drawing, of: item.sample, at: key)
                })
        }
    }

    private func draw(_ drawing: Drawing, of sample: Sample, at key: ObjectKey) async throws -> [UInt8] {
        let body = try await objects.get(sample.object)
        let bytes = try await work.withFile(body.stream) { path, _ in
            do {
                return try await analyzer.draw(drawing, of: path)
            } catch let failure as AnalysisFailure {
                throw failure.ofRequest
            }
        }
        // What cannot be kept is drawn again the next time.
        let kept = try? await objects.listKeys(
            prefix: Self.prefix(of: sample.owner, sample.id), after: nil, limit: Self.mostKept)
        if let kept, kept.count < Self.mostKept {
            _ = try? await objects.put(bytes, at: key, ObjectAttributes(contentType: drawing.contentType))
        }
        return bytes
    }

    private static func prefix(of owner: AccountID, _ id: SampleID) -> String { "\(folder)\(owner)/\(id)/" }

    /// Where the pictures of a sample are; nil for what is no object of a sample.
    static func prefix(ofSampleAt object: ObjectKey) -> String? {
        guard object.text.hasPrefix(UseCases.keptPrefix) else { return nil }
        return folder + object.text.dropFirst(UseCases.keptPrefix.count) + "/"
    }

    /// By what the sample holds and how it is drawn, so that neither can change under a name.
    private static func key(_ drawing: Drawing, of sample: Sample) throws -> ObjectKey {
        let name = Checksum.sha256("\(sample.etag)\n\(drawing.name)").prefix(32)
        return try ObjectKey(prefix(of: sample.owner, sample.id) + name)
    }

    private static func etag(of key: ObjectKey) -> String { String(key.text.suffix(32)) }
}

/// A picture on its way to somebody.
public struct SamplePicture: Sendable {
    /// As `kick_waveform.png`.
    public let name: String
    public let body: Download
}

extension FileName {
    /// A name without its ending.
    static func stem(of name: String) -> String {
        guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return name }
        return String(name[..<dot])
    }
}

extension WaveformData {
    /// From the outline that an analysis kept: right to one of its points, of which each here holds two at least.
    ///
    /// - Returns: nil where the outline has too few points for that.
    init?(_ features: AudioFeatures, points: Int) {
        guard let outline = features.waveform, points > 0, outline.min.count == outline.max.count,
            outline.min.count >= 2 * points, features.frames >= 2 * outline.min.count
        else { return nil }
        let (kept, frames) = (outline.min.count, features.frames)
        let samples = max(Self.zooms.lowerBound, (frames - 1) / points + 1)
        guard Self.zooms.contains(samples) else { return nil }
        let values = stride(from: 0, to: frames, by: samples).flatMap { start -> [Int16] in
            let end = min(start + samples, frames)
            // All that lie in it, even in part: a peak is never lost.
            let (first, last) = (Self.place(start, kept, frames), Self.place(end - 1, kept, frames))
            return [
                Self.whole(outline.min[first...last].min() ?? 0), Self.whole(outline.max[first...last].max() ?? 0),
            ]
        }
        self.init(sampleRate: features.sampleRate, samplesPerPixel: samples, channels: 1, values: values)
    }

    private static func place(_ frame: Int, _ points: Int, _ frames: Int) -> Int {
        min(points - 1, Int(Double(frame) * Double(points) / Double(frames)))
    }

    private static func whole(_ value: Float) -> Int16 {
        guard value.isFinite else { return 0 }
        return Int16(max(-32_768, min(32_767, (value * 32_768).rounded())))
    }
}
