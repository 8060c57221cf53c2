import AudioCore
import Foundation
import Storage

/// A piece of audio in an account's library.
public struct Sample: Sendable, Equatable {
    public let id: SampleID
    public let owner: AccountID
    /// As the owner named the file; text for display, never a path.
    public let filename: String
    /// Where the original bytes are.
    public let object: ObjectKey
    public let contentType: String
    /// Bytes.
    public let size: Int
    /// Of the original bytes.
    public let etag: String
    public let createdAt: Timestamp
    /// Since when it is out of lists and searches; nil for one that is shown.
    public let hiddenAt: Timestamp?
    public let corrections: SampleCorrections

    public init(
        id: SampleID, owner: AccountID, filename: String, object: ObjectKey, contentType: String, size: Int,
        etag: String, createdAt: Timestamp, hiddenAt: Timestamp? = nil,
        corrections: SampleCorrections = SampleCorrections()
    ) {
        (self.id, self.owner, self.filename, self.object) = (id, owner, filename, object)
        (self.contentType, self.size, self.etag) = (contentType, size, etag)
        (self.createdAt, self.hiddenAt, self.corrections) = (createdAt, hiddenAt, corrections)
    }
}

extension Sample {
    init(_ row: Row) throws {
        self.init(
            id: try row.get("id"), owner: try row.get("owner"), filename: try row.get("filename"),
            object: try ObjectKey(row.get("object_key")), contentType: try row.get("content_type"),
            size: try row.get("size"), etag: try row.get("etag"), createdAt: try row.get("created_at"),
            hiddenAt: try row.get(optional: "hidden_at"),
            corrections: try row.get(optional: "corrections", as: String.self).map {
                try JSONDecoder().decode(SampleCorrections.self, from: Data($0.utf8))
            } ?? SampleCorrections())
    }
}

public typealias SampleID = Identifier<Sample>

/// A sample and what its analysis found.
public struct AnalyzedSample: Sendable, Equatable {
    public let sample: Sample
    public let features: AudioFeatures
    /// As it was asked for; nil where nobody did.
    public let vibe: VibeAnalysis?

    public init(sample: Sample, features: AudioFeatures, vibe: VibeAnalysis? = nil) {
        (self.sample, self.features, self.vibe) = (sample, features, vibe)
    }

    // As the owner corrected it, else as it was measured.

    /// Beats per minute.
    public var bpm: Double? { sample.corrections.bpm ?? features.bpm }
    public var key: Key? { sample.corrections.key ?? features.key }
    public var kind: SoundKind { sample.corrections.kind ?? features.kind }
    public var role: Role? { sample.corrections.role ?? features.role?.role }
}
