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
        var withoutWaveform = features
        withoutWaveform.waveform = nil
        try session.execute(
            """
            INSERT INTO audio_features (sample_id, bpm, musical_key, scale, kind, features, waveform)
            VALUES (\(sample.id), \(features.bpm), \(features.key?.tonic.rawValue), \(features.key?.scale.rawValue), \(features.kind.rawValue),
                \(try JSONText.encode(withoutWaveform)), \(try features.waveform.map(JSONText.encode)))
            """)
        try index(item, in: session)
    }

    func index(_ item: AnalyzedSample, in session: any WriteSession) throws {
        let (sample, facets) = (item.sample, SampleFacets(item))
        try facets.insert(in: session)
        try setWords(
            filename: sample.filename, role: facets.role?.rawValue ?? "", tags: [], of: sample.id, owner: sample.owner,
            in: session)
    }

    /// With the waveform, hidden or not. Nil when there is no such sample, or it is another's.
    public func find(_ id: SampleID, of owner: AccountID, in session: any ReadSession) throws -> AnalyzedSample? {
        let row = try session.row(
            """
            SELECT samples.*, features, waveform FROM samples JOIN audio_features ON sample_id = id
            WHERE id = \(id) AND owner = \(owner)
            """)
        guard let row else { return nil }
        let item = try analyzed(row)
        guard let waveform: String = try row.get(optional: "waveform") else { return item }
        var features = item.features
        features.waveform = try JSONDecoder().decode(WaveformPeaks.self, from: Data(waveform.utf8))
        return AnalyzedSample(sample: item.sample, features: features)
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
            SELECT samples.*, features FROM samples JOIN audio_features ON sample_id = id
            WHERE owner = \(owner) \(shown) \(page.condition) ORDER BY created_at DESC, id DESC LIMIT \(page.limit + 1)
            """)
        return Page(try rows.map(analyzed), limit: page.limit) {
            PageCursor(createdAt: $0.sample.createdAt, id: $0.sample.id.text)
        }
    }

    /// Removes the rows.
    /// - Returns: what was removed; nil when there was nothing of this owner's.
    public func remove(_ id: SampleID, of owner: AccountID, in session: any WriteSession) throws -> Sample? {
        guard let row = try session.row("DELETE FROM samples WHERE id = \(id) AND owner = \(owner) RETURNING *") else {
            return nil
        }
        try session.execute("DELETE FROM audio_features WHERE sample_id = \(id)")
        try session.execute("DELETE FROM sample_facets WHERE owner = \(owner) AND id = \(id)")
        for table in ["sample_tags", "sample_words", "collection_samples"] as [SQL] {
            try session.execute("DELETE FROM \(table) WHERE sample_id = \(id)")
        }
        return try Sample(row)
    }

    func analyzed(_ row: Row) throws -> AnalyzedSample {
        let features: String = try row.get("features")
        return AnalyzedSample(
            sample: try Sample(row), features: try JSONDecoder().decode(AudioFeatures.self, from: Data(features.utf8)))
    }
}
