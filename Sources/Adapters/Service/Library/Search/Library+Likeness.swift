import AudioCore
import Auth
import SampleLibrary
import Storage

/// A sample that sounds like another.
public struct SimilarSample: Sendable {
    public let sample: SampleSummary
    /// 0 for the same sound, about 0.8 for two hits of one kind of drum, about 1.4 for two sounds picked at random.
    public let distance: Float
    /// What the two have in common, in words.
    public let shared: [String]
}

/// A sample that goes with another in key and tempo.
public struct MatchingSample: Sendable {
    public let sample: SampleSummary
    /// What must be done to it.
    public let match: MixMatch
}

extension Library {
    /// How many are given at most.
    public static let mostNeighbours = 1...100

    /// Samples that sound like one of the same owner's, nearest first.
    ///
    /// - Parameters:
    ///   - limit: in ``mostNeighbours``.
    ///   - distance: only those at most so far away.
    /// - Throws: ``ServiceError`` `.notFound`, `.invalid`, `.conflict` for a sample that has nothing to compare.
    public func similar(
        to id: SampleID, of caller: Principal, limit: Int = 20, within distance: Float? = nil
    ) async throws -> [SimilarSample] {
        let account = try caller.may(.readLibrary)
        try Self.check(limit)
        guard distance.map({ $0 >= 0 && $0.isFinite }) ?? true else {
            throw ServiceError.invalid(field: "max_distance", "'max_distance' is a number, 0 or more")
        }
        return try await database.read { session in
            guard let sought = try catalog.summaries(of: [id], owner: account, in: session).first,
                sought.sample.hiddenAt == nil
            else { throw ServiceError.notFound("sample") }
            guard let vector = try catalog.vector(of: id, owner: account, in: session) else {
                throw ServiceError.conflict(
                    "there is nothing to compare: the sample is silent, or was analysed by an older version; "
                        + "have it analysed again")
            }
            let near = try catalog.nearest(
                to: vector, besides: id, of: account, count: limit, within: distance ?? .infinity, in: session)
            let samples = try catalog.summaries(of: near.map(\.id), owner: account, in: session)
            let byID = Dictionary(uniqueKeysWithValues: samples.map { ($0.sample.id, $0) })
            let sound = SoundSummary(sought, vector)
            return near.compactMap { neighbour in
                byID[neighbour.id].map {
                    SimilarSample(
                        sample: $0, distance: neighbour.distance,
                        shared: sound.shared(with: SoundSummary($0, neighbour.vector)).map(\.description))
                }
            }
        }
    }

    /// Samples of the same owner's that can be brought into the key and tempo of one: those that fit in both first, and
    /// then the least change.
    ///
    /// - Parameters:
    ///   - limit: in ``mostNeighbours``.
    ///   - shift: semitones at most, 0…6.
    ///   - stretch: percent at most, 0…50.
    /// - Throws: ``ServiceError`` `.notFound`, `.invalid`, `.conflict` for a sample with neither key nor tempo.
    public func matches(
        for id: SampleID, of caller: Principal, limit: Int = 20, shift: Int = 3, stretch: Double = 8
    ) async throws -> [MatchingSample] {
        let account = try caller.may(.readLibrary)
        try Self.check(limit)
        guard (0...6).contains(shift) else {
            throw ServiceError.invalid(field: "shift", "'shift' is 0 to 6 semitones")
        }
        guard (0...50).contains(stretch) else {
            throw ServiceError.invalid(field: "stretch", "'stretch' is 0 to 50 percent")
        }
        return try await database.read { session in
            guard let sought = try catalog.summaries(of: [id], owner: account, in: session).first,
                sought.sample.hiddenAt == nil
            else { throw ServiceError.notFound("sample") }
            guard sought.key != nil || sought.bpm != nil else {
                throw ServiceError.conflict(
                    "the sample has neither a key nor a tempo to match: correct them, or choose another")
            }
            let found = try catalog.matches(
                for: SoundSummary(sought, nil), besides: id, of: account, mostShift: shift, mostStretch: stretch,
                count: limit, in: session)
            let samples = try catalog.summaries(of: found.map(\.id), owner: account, in: session)
            let byID = Dictionary(uniqueKeysWithValues: samples.map { ($0.sample.id, $0) })
            return found.compactMap { match in
                byID[match.id].map { MatchingSample(sample: $0, match: match.match) }
            }
        }
    }

    private static func check(_ limit: Int) throws(ServiceError) {
        guard mostNeighbours.contains(limit) else {
            throw .invalid(
                field: "limit",
                "'limit' must be a number from \(mostNeighbours.lowerBound) to \(mostNeighbours.upperBound)")
        }
    }
}

extension SoundSummary {
    fileprivate init(_ sample: SampleSummary, _ vector: SimilarityVector?) {
        self.init(
            duration: sample.duration, kind: sample.kind, bpm: sample.bpm, key: sample.key, vector: vector)
    }
}
