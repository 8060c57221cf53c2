import AudioCore
import Foundation
import Storage

/// The samples of all accounts, as rows. Every read and every removal names the owner.
public struct SampleCatalog: Sendable {
    public init() {}

    public func insert(_ item: AnalyzedSample, in session: any WriteSession) throws {
        let (sample, features) = (item.sample, item.features)
        try session.execute(
            """
            INSERT INTO samples (id, owner, filename, object_key, content_type, size, etag, format, duration,
                sample_rate, channels, created_at, hidden_at)
            VALUES (\(sample.id), \(sample.owner), \(sample.filename), \(sample.object.text), \(sample.contentType),
                \(sample.size), \(sample.etag), \(features.format?.rawValue), \(features.duration),
                \(features.sampleRate), \(features.channels), \(sample.createdAt), \(sample.hiddenAt))
            """)
        try insertFeatures(features, item.vibe, of: sample, in: session)
        try index(item, in: session)
    }

    /// What is large, or for comparing only, is kept beside the rest.
    private func insertFeatures(
        _ features: AudioFeatures, _ vibe: VibeAnalysis?, of sample: Sample, in session: any WriteSession
    ) throws {
        var kept = features
        (kept.waveform, kept.similarity, kept.fingerprint) = (nil, nil, nil)
        try session.execute(
            """
            INSERT INTO audio_features (sample_id, bpm, musical_key, scale, kind, features, features_version, waveform,
                ai_analysis_json)
            VALUES (\(sample.id), \(features.bpm), \(features.key?.tonic.rawValue), \(features.key?.scale.rawValue), \(features.kind.rawValue),
                \(try JSONText.encode(kept)), \(AudioFeatures.jsonVersion), \(try features.waveform.map(JSONText.encode)),
                \(try JSONText.encode(vibe ?? VibeAnalysis(features))))
            """)
        try setVector(features.similarity, of: sample, in: session)
    }

    /// Puts what another analysis found in the place of what is there; corrections, tags and name stay.
    ///
    /// - Returns: whether there is such a sample of this owner's.
    public func setFeatures(
        _ features: AudioFeatures, of id: SampleID, owner: AccountID, in session: any WriteSession
    ) throws -> Bool {
        let row = try session.row(
            """
            UPDATE samples SET format = \(features.format?.rawValue), duration = \(features.duration),
                sample_rate = \(features.sampleRate), channels = \(features.channels)
            WHERE id = \(id) AND owner = \(owner) RETURNING *
            """)
        guard let sample = try row.map(Sample.init) else { return false }
        // What a model once said of it stays; what rules say follows the features.
        let stored = try session.row("SELECT ai_analysis_json FROM audio_features WHERE sample_id = \(id)")
        let vibe = try stored?.get(optional: "ai_analysis_json", as: String.self)
            .flatMap(VibeAnalysis.init(kept:))?.after(features)
        try session.execute("DELETE FROM audio_features WHERE sample_id = \(id)")
        try insertFeatures(features, vibe, of: sample, in: session)
        try index(AnalyzedSample(sample: sample, features: features), in: session)
        return true
    }

    /// What it is found by, anew.
    func index(_ item: AnalyzedSample, in session: any WriteSession) throws {
        let (sample, facets) = (item.sample, SampleFacets(item))
        try facets.put(in: session)
        let tags = try tags(of: [sample.id], in: session)[sample.id] ?? []
        try setWords(
            filename: sample.filename, role: facets.role?.rawValue ?? "", tags: Set(tags), of: sample.id,
            owner: sample.owner, in: session)
    }

    /// Without what was measured of it. Nil when there is no such sample, or it is another's.
    public func sample(_ id: SampleID, of owner: AccountID, in session: any ReadSession) throws -> Sample? {
        try session.row("SELECT * FROM samples WHERE id = \(id) AND owner = \(owner)").map(Sample.init)
    }

    /// With the waveform, hidden or not. Nil when there is no such sample, or it is another's.
    public func find(_ id: SampleID, of owner: AccountID, in session: any ReadSession) throws -> AnalyzedSample? {
        let row = try session.row(
            """
            SELECT \(Self.analyzedRow), waveform FROM samples JOIN audio_features ON sample_id = id
            WHERE id = \(id) AND owner = \(owner)
            """)
        guard let row else { return nil }
        let item = try analyzed(row)
        guard let waveform: String = try row.get(optional: "waveform") else { return item }
        var features = item.features
        features.waveform = try JSONDecoder().decode(WaveformPeaks.self, from: Data(waveform.utf8))
        return AnalyzedSample(sample: item.sample, features: features, vibe: item.vibe)
    }

    /// Newest first, without waveforms.
    ///
    /// - Parameter hidden: whether hidden ones are in it, too.
    public func list(
        of owner: AccountID, _ page: PageRequest, hidden: Bool = false, in session: any ReadSession
    ) throws -> Page<AnalyzedSample> {
        let shown: SQL = hidden ? "" : "AND hidden_at IS NULL"
        let rows = try session.rows(
            """
            SELECT \(Self.analyzedRow) FROM samples JOIN audio_features ON sample_id = id
            WHERE owner = \(owner) \(shown) \(page.newestFirst)
            """)
        return Page(try rows.map(analyzed), limit: page.limit) {
            PageCursor(createdAt: $0.sample.createdAt, id: $0.sample.id.text)
        }
    }

    /// Those of an owner's samples, in the order of their names here, without waveforms; what is not there is left out.
    ///
    /// - Parameter ids: at most 1,000.
    public func analyzed(
        _ ids: [SampleID], of owner: AccountID, in session: any ReadSession
    ) throws -> [AnalyzedSample] {
        guard !ids.isEmpty else { return [] }
        let rows = try session.rows(
            """
            SELECT \(Self.analyzedRow) FROM samples JOIN audio_features ON sample_id = id
            WHERE owner = \(owner) AND id IN (\(list: ids))
            """)
        let items: [SampleID: AnalyzedSample] = try rows.reduce(into: [:]) { items, row in
            let item = try analyzed(row)
            items[item.sample.id] = item
        }
        return ids.compactMap { items[$0] }
    }

    /// Removes the rows.
    /// - Returns: what was removed; nil when there was nothing of this owner's.
    public func remove(_ id: SampleID, of owner: AccountID, in session: any WriteSession) throws -> Sample? {
        guard let row = try session.row("DELETE FROM samples WHERE id = \(id) AND owner = \(owner) RETURNING *") else {
            return nil
        }
        try session.execute("DELETE FROM audio_features WHERE sample_id = \(id)")
        try session.execute("DELETE FROM sample_facets WHERE owner = \(owner) AND id = \(id)")
        try session.execute("DELETE FROM sample_vectors WHERE owner = \(owner) AND sample_id = \(id)")
        for table in ["sample_tags", "sample_words", "collection_samples"] as [SQL] {
            try session.execute("DELETE FROM \(table) WHERE sample_id = \(id)")
        }
        return try Sample(row)
    }

    /// What ``analyzed(_:)`` reads of `samples` and `audio_features`.
    static let analyzedRow: SQL = "samples.*, features, ai_analysis_json"

    func analyzed(_ row: Row) throws -> AnalyzedSample {
        let features: String = try row.get("features")
        let vibe: String? = try row.get(optional: "ai_analysis_json")
        return AnalyzedSample(
            sample: try Sample(row), features: try JSONDecoder().decode(AudioFeatures.self, from: Data(features.utf8)),
            vibe: vibe.flatMap(VibeAnalysis.init(kept:)).flatMap { $0.wasAskedFor ? $0 : nil })
    }
}
