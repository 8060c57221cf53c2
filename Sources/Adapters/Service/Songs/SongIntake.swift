import AudioCore
import Billing
import Foundation
import Storage

/// Takes a sound of a song in: hold on quota, body into the store, analysis; all or nothing.
struct SongIntake: Sendable {
    /// Of a song or stem, bytes, whatever the plan allows.
    static let largest = 150_000_000
    /// Columns of the picture of a stem.
    private static let columns = PictureSize.waveform.width

    let database: any Database
    let objects: any ObjectStore
    let ledger: QuotaLedger
    let analyzer: any SampleAnalyzer
    let work: WorkFolder
    let clock: any WallClock

    /// A sound that is in the store, and what was found out about it.
    struct Taken: Sendable {
        let object: ObjectInfo
        let sha256: String
        let features: AudioFeatures
    }

    /// - Parameters:
    ///   - key: where the bytes go; under it nothing is left when this, or `keep`, throws.
    ///   - keep: writes the rows, in the transaction in which what was held becomes used.
    ///   - isKept: whether the rows are there after all: the database may have kept a transaction and failed to say so.
    /// - Returns: nil where the rows are kept and nobody could say so.
    /// - Throws: ``ServiceError``, or what `body` throws.
    @discardableResult
    func take(
        _ body: ByteStream, expectedSize: Int?, for account: AccountID, under entitlement: Entitlement,
        to key: ObjectKey, keep: @escaping @Sendable (Taken, any WriteSession) throws -> Void,
        isKept: @escaping @Sendable (any ReadSession) throws -> Bool
    ) async throws -> Taken? {
        let limit = min(entitlement.plan.uploadBytes ?? .max, Self.largest)
        let incoming = IncomingObject(
            key: key, hold: .random(), account: account, entitlement: entitlement, limit: limit, isUpload: true,
            database: database, objects: objects, ledger: ledger, clock: clock)
        return try await incoming.take(expectedSize: expectedSize) { meter in
            let audio = try await IncomingAudio(body, for: analyzer, atMost: limit) { try await meter.received($0) }
            return try await analyzed(
                objects.put(
                    audio.stream, at: key, ObjectAttributes(contentType: audio.format.contentType), if: .always))
        } keep: { taken, session -> Taken? in
            try incoming.count(taken.object.size, in: session)
            try keep(taken, session)
            return taken
        } kept: { session in
            try isKept(session) ? .some(nil) : nil
        }
    }

    private func analyzed(_ object: ObjectInfo) async throws -> Taken {
        try await work.withFile(objects.get(object.key).stream) { path, sha256 in
            do {
                let features = try await analyzer.analyze(path: path, waveformPoints: Self.columns)
                return Taken(object: object, sha256: sha256, features: features)
            } catch let failure as AnalysisFailure {
                throw failure.ofRequest
            }
        }
    }
}

extension SongIntake.Taken {
    /// The outline as a PNG file; nil where there is none.
    var picture: [UInt8]? {
        guard let peaks = features.waveform, !peaks.max.isEmpty else { return nil }
        let columns = zip(peaks.min, peaks.max).map { Waveform.Column(min: $0, max: $1, rms: 0) }
        let waveform = Waveform(lanes: [columns], sampleRate: features.sampleRate, frames: features.frames)
        return try? waveform.picture(style: WaveformStyle(shape: .peaks)).png()
    }
}
