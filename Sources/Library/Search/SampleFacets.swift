import AudioCore
import Storage

/// What a sample is found and sorted by: one short row in a table of its own, so that a search reads little.
struct SampleFacets {
    let id: SampleID
    let owner: AccountID
    let createdAt: Timestamp
    let isHidden: Bool
    /// The filename, folded.
    let name: String
    /// 0 for none.
    let bpm: Double
    /// 1 for 1A … 24 for 12B; 0 for none.
    let key: Int
    let duration: Double
    let kind: SoundKind
    let role: Role?
    /// LUFS; ``silent`` where there is none.
    let loudness: Double

    /// Quieter than anything that has a loudness.
    static let silent = -200.0
    /// Of a row that was made before loudness was searched.
    static let unmeasured = -1_000.0

    init(_ item: AnalyzedSample) {
        let (sample, features) = (item.sample, item.features)
        (id, owner, createdAt) = (sample.id, sample.owner, sample.createdAt)
        isHidden = sample.hiddenAt != nil
        name = String(SearchWords.folded(sample.filename).prefix(200))
        bpm = item.bpm ?? 0
        key = item.key?.wheelPlace ?? 0
        (duration, kind, role) = (features.duration, item.kind, item.role)
        loudness = features.loudness.integrated ?? Self.silent
    }

    /// In place of any that are there.
    func put(in session: any WriteSession) throws {
        try session.execute("DELETE FROM sample_facets WHERE owner = \(owner) AND id = \(id)")
        try session.execute(
            """
            INSERT INTO sample_facets (owner, id, hidden, created_at, name, bpm, key_place, duration, kind, role, loudness)
            VALUES (\(owner), \(id), \(isHidden), \(createdAt), \(name), \(bpm), \(key), \(duration), \(kind.rawValue),
                \(role?.rawValue ?? ""), \(loudness))
            """)
    }
}

extension Key {
    static let byWheelPlace = Dictionary(uniqueKeysWithValues: allCases.map { ($0.wheelPlace, $0) })

    /// 1 for 1A, 2 for 1B … 24 for 12B.
    var wheelPlace: Int {
        let hour = Int(camelot.dropLast()) ?? 0
        return 2 * hour - (scale == .minor ? 1 : 0)
    }
}
