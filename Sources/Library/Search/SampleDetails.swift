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
    /// What an account has that fits, page by page, with all that is told of it; as ``search(_:of:limit:after:in:)``.
    public func details(
        _ query: SampleQuery, of owner: AccountID, limit: Int = 50, after cursor: SampleCursor? = nil,
        in session: any ReadSession
    ) throws -> SamplePage<SampleDetails> {
        try ids(query, of: owner, limit: limit, after: cursor, in: session)
            .with { try details(of: $0, owner: owner, in: session) }
    }

    /// Samples by their names, hidden ones too, in the order of the names; without those that are not this owner's.
    ///
    /// Cost: two statements. Features are passed on as they are kept, and decoded only where an older release has written
    /// them.
    public func details(
        of ids: [SampleID], owner: AccountID, in session: any ReadSession
    ) throws -> [SampleDetails] {
        try items(of: ids, owner, features: Self.columns, in: session) { row, tags in
            try Self.details(SampleSummary(row, tags: tags), row)
        }
    }

    /// One sample, hidden or not, with its waveform. Nil when there is no such sample, or it is another's.
    public func details(of id: SampleID, owner: AccountID, in session: any ReadSession) throws -> SampleDetails? {
        try items(of: [id], owner, features: "\(Self.columns), waveform", in: session) { row, tags in
            let details = try Self.details(SampleSummary(row, tags: tags), row)
            guard let waveform: String = try row.get(optional: "waveform") else { return details }
            // Both are objects: the outline becomes the last member of the other.
            let features = "\(details.features.dropLast()),\"waveform\":\(waveform)}"
            return SampleDetails(summary: details.summary, features: features, vibe: details.vibe)
        }.first
    }

    /// Of `audio_features`.
    private static let columns: SQL = "features, features_version, ai_analysis_json"

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
