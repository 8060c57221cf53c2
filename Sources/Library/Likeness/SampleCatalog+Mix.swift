import AudioCore
import Storage

/// A sample that goes with another, and what must be done to it.
public struct SampleMatch: Equatable, Sendable {
    public let id: SampleID
    public let bpm: Double?
    public let key: Key?
    public let match: MixMatch

    /// 0 for one that fits in key and tempo, 1 for one of which either is unknown.
    public var unknowns: Int { (match.mix == nil ? 1 : 0) + (match.tempo == nil ? 1 : 0) }
}

extension SampleCatalog {
    /// Most samples that are looked at on each side of a tempo, and of those without one.
    static let mostMixed = 2_000

    /// The shown samples of an owner that can be brought into a key and tempo: those that fit in both first, then the
    /// least change, then the lesser name.
    ///
    /// Reads an index of tempos outwards from the one that is sought, so that what is looked at is the nearest.
    ///
    /// - Parameters:
    ///   - sound: stays as it is.
    ///   - mostShift: semitones, 0…6.
    ///   - mostStretch: percent, 0 or more.
    public func matches(
        for sound: SoundSummary, besides id: SampleID, of owner: AccountID, mostShift: Int, mostStretch: Double,
        count: Int, in session: any ReadSession
    ) throws -> [SampleMatch] {
        var seen = Set([id])
        var found: [SampleMatch] = []
        func take(_ condition: SQL, _ order: SQL) throws {
            let rows = try session.rows(
                """
                SELECT f.id, f.bpm, f.key_place FROM sample_facets f
                WHERE f.owner = \(owner) AND f.hidden = 0 AND \(condition) ORDER BY f.bpm \(order) LIMIT \(Self.mostMixed)
                """)
            for row in rows {
                guard seen.insert(try row.get("id")).inserted else { continue }
                if let match = try SampleMatch(row, for: sound, mostShift, mostStretch) { found.append(match) }
            }
        }
        if let bpm = sound.bpm {
            for target in [bpm, 2 * bpm, bpm / 2] {
                let (low, high) = (target / (1 + mostStretch / 100), target / max(0.01, 1 - mostStretch / 100))
                // A little more than fits, for the rounding of the quotients: what fits is decided by the match.
                try take("f.bpm >= \(target) AND f.bpm <= \(high * 1.000_001)", "ASC")
                try take("f.bpm < \(target) AND f.bpm >= \(low / 1.000_001)", "DESC")
            }
        }
        if sound.key != nil { try take(sound.bpm == nil ? "f.bpm > 0" : "f.bpm = 0", "ASC") }
        if sound.key != nil, sound.bpm == nil { try take("f.bpm = 0", "ASC") }
        return found.sorted { a, b in
            (a.unknowns, a.match.change, a.id.text) < (b.unknowns, b.match.change, b.id.text)
        }.prefix(max(0, count)).map(\.self)
    }
}

extension SampleMatch {
    fileprivate init?(_ row: Row, for sound: SoundSummary, _ mostShift: Int, _ mostStretch: Double) throws {
        let (tempo, place): (Double, Int) = (try row.get("bpm"), try row.get("key_place"))
        let (bpm, key) = (tempo > 0 ? tempo : nil, Key.byWheelPlace[place])
        let other = SoundSummary(duration: 0, kind: .loop, bpm: bpm, key: key)
        guard let match = MixMatch(of: other, to: sound, mostShift: mostShift, mostStretch: mostStretch) else {
            return nil
        }
        self.init(id: try row.get("id"), bpm: bpm, key: key, match: match)
    }
}
