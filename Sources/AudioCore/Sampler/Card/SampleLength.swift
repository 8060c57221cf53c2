/// How much sound a file holds.
public struct SampleLength: Equatable, Sendable {
    /// Bytes per frame that a device of 16 bits keeps.
    var frameBytes: Int { 2 * min(channels, DeviceSound.mostChannels) }
    public let frames: Int
    public let sampleRate: Int
    public let channels: Int

    /// What is known of a file without a look at it.
    ///
    /// - Parameters:
    ///   - frames: at its own rate, 0 or more.
    ///   - sampleRate: frames per second, above 0.
    ///   - channels: samples per frame, above 0.
    public init(frames: Int, sampleRate: Int, channels: Int) {
        (self.frames, self.sampleRate, self.channels) = (max(0, frames), max(1, sampleRate), max(1, channels))
    }

    /// Bytes of its sound at the rate of a device, 16 bits; `nil` for more than can be counted.
    package func bytes(atRate rate: Int) -> Int? {
        let frames = (Double(frames) / Double(sampleRate) * Double(rate)).rounded(.up)
        return Int(exactly: frames)?.multiplied(by: frameBytes)
    }

    /// Reads the header; what does not tell its length is decoded, up to a little more than devices take.
    init(path: String, _ ffmpeg: FFmpeg?) throws {
        let file = try AudioFile(path: path, ffmpeg: ffmpeg)
        (sampleRate, channels) = (file.stream.sampleRate, file.stream.channels)
        if let exact = file.exactFrames {
            frames = exact
            if exact == 0 { throw AudioError.empty(format: file.stream.format) }
        } else {
            let most = (DeviceSound.mostSeconds + 1) * sampleRate
            let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: AudioFile.blockFrames * channels)
            defer { buffer.deallocate() }
            while file.framesRead < most {
                try Task.checkCancellation()
                if try file.read(into: buffer) == 0 { break }
            }
            frames = file.framesRead
        }
    }

    /// Of every file once.
    static func all(_ paths: [String], _ ffmpeg: FFmpeg?) -> [String: Result<SampleLength, AudioError>] {
        var lengths: [String: Result<SampleLength, AudioError>] = [:]
        for path in paths where lengths[path] == nil { lengths[path] = result(of: path, ffmpeg) }
        return lengths
    }

    /// The same, the error as a value; `cannotRead` after cancellation.
    private static func result(of path: String, _ ffmpeg: FFmpeg?) -> Result<SampleLength, AudioError> {
        do {
            return try .success(SampleLength(path: path, ffmpeg))
        } catch {
            return .failure(error as? AudioError ?? .cannotRead(reason: "cancelled"))
        }
    }

    /// Frames at the rate of a device; ``Resampler`` makes as many.
    func frames(atRate rate: Int) -> Int {
        guard rate != sampleRate, frames > 0 else { return frames }
        let (whole, rest) = frames.quotientAndRemainder(dividingBy: sampleRate)
        return max(1, whole * rate + (rest * rate + sampleRate / 2) / sampleRate)
    }

    /// What a device does not take of a sound.
    ///
    /// - Parameter name: as the user knows it.
    static func problems(
        _ length: Result<SampleLength, AudioError>?, of name: String, at pad: PadAddress?, _ lengthensShort: Bool
    ) -> [KitProblem] {
        switch length {
        case .success(let length): length.problems(lengthensShort, of: name, at: pad)
        case .failure(let error): [error.problem(of: name, at: pad)]
        case nil: []
        }
    }

    private func problems(_ lengthensShort: Bool, of name: String, at pad: PadAddress?) -> [KitProblem] {
        var found: [KitProblem] = []
        if channels > DeviceSound.mostChannels {
            found.append(
                KitProblem(
                    pad: pad, problem: "'\(name)' has \(channels) channels", remedy: "mix it down to mono or stereo"))
        }
        if frames * 10 < sampleRate, !lengthensShort {
            let told = "'\(name)' is shorter than 0.1 s (\(frames * 1_000 / sampleRate) ms)"
            found.append(KitProblem(pad: pad, problem: told, remedy: "lengthen it with silence (--lengthen)"))
        }
        if frames > DeviceSound.mostSeconds * sampleRate {
            found.append(KitProblem(pad: pad, problem: "'\(name)' is longer than 16 minutes", remedy: "cut it"))
        }
        return found
    }
}

extension AudioError {
    /// Messages end with what to do.
    fileprivate func problem(of sample: String, at pad: PadAddress?) -> KitProblem {
        if case .cannotOpen(_, let reason) = self {
            return KitProblem(
                pad: pad, problem: "'\(sample)' cannot be opened (\(reason))",
                remedy: "check that it exists and may be read")
        }
        let parts = description.split(separator: ": ", maxSplits: 1).map(String.init)
        return KitProblem(
            pad: pad, problem: "'\(sample)': \(parts[0])", remedy: parts.count > 1 ? parts[1] : "replace it")
    }
}
