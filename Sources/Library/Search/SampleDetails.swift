import AudioCore
import Foundation
import Storage

/// A sample with all that is told of it.
public struct SampleDetails: Equatable, Sendable {
    public let summary: SampleSummary
    /// What the analysis found: `AudioFeatures` as JSON of this release; in lists without the waveform.
    public let features: String
    public let vibe: VibeAnalysis
}

extension SampleCatalog {
    /// Adds what the analysis found, as it is kept: features are not decoded only to be encoded again.
    ///
    /// Cost: one statement, and decoding those that an older release has written.
    public func details(of summaries: [SampleSummary], in session: any ReadSession) throws -> [SampleDetails] {
        guard !summaries.isEmpty else { return [] }
        let rows = try session.rows(
            """
            SELECT sample_id, features, features_version, ai_analysis_json FROM audio_features
            WHERE sample_id IN (\(list: summaries.map(\.sample.id)))
            """
        ).reduce(into: [SampleID: Row]()) { $0[try $1.get("sample_id")] = $1 }
        return try summaries.map { summary in
            guard let row = rows[summary.sample.id] else { throw DatabaseError.unexpected("a sample has no features") }
            return try Self.details(summary, row)
        }
    }

    /// One sample, hidden or not, with its waveform. Nil when there is no such sample, or it is another's.
    public func details(of id: SampleID, owner: AccountID, in session: any ReadSession) throws -> SampleDetails? {
        guard let summary = try summaries(of: [id], owner: owner, in: session).first,
            let row = try session.row(
                """
                SELECT features, features_version, ai_analysis_json, waveform FROM audio_features WHERE sample_id = \(id)
                """)
        else { return nil }
        let details = try Self.details(summary, row)
        guard let waveform: String = try row.get(optional: "waveform") else { return details }
        // Both are objects: the outline becomes the last member of the other.
        let features = "\(details.features.dropLast()),\"waveform\":\(waveform)}"
        return SampleDetails(summary: summary, features: features, vibe: details.vibe)
    }

    private static func details(_ summary: SampleSummary, _ row: Row) throws -> SampleDetails {
        let text: String = try row.get("features")
        let kept = try row.get(optional: "ai_analysis_json", as: String.self).flatMap(VibeAnalysis.init(kept:))
        if let kept, try row.get("features_version") == AudioFeatures.jsonVersion {
            return SampleDetails(summary: summary, features: text, vibe: kept)
        }
        let features = try JSONDecoder().decode(AudioFeatures.self, from: Data(text.utf8))
        return SampleDetails(
            summary: summary, features: try JSONText.encode(features), vibe: kept ?? VibeAnalysis(features))
    }
}
