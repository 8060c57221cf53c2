import AudioCore
import Foundation
import Storage

extension SampleCatalog {
    /// Names a sample anew, or corrects what was measured of it.
    ///
    /// - Parameters:
    ///   - filename: nil for the one it has.
    ///   - correct: changes the corrections that there are.
    /// - Returns: whether there is such a sample of this owner's that is not hidden.
    public func change(
        _ id: SampleID, of owner: AccountID, filename: String? = nil,
        in session: any WriteSession, correct: (inout SampleCorrections) throws -> Void = { _ in }
    ) throws -> Bool {
        let row = try session.row(
            """
            SELECT \(Self.analyzedRow) FROM samples JOIN audio_features ON sample_id = id
            WHERE id = \(id) AND owner = \(owner) AND hidden_at IS NULL
            """)
        guard let item = try row.map(analyzed) else { return false }
        var corrections = item.sample.corrections
        try correct(&corrections)
        let sample = item.sample.with(filename: filename ?? item.sample.filename, corrections)
        guard sample != item.sample else { return true }
        try session.execute(
            """
            UPDATE samples SET filename = \(sample.filename),
                corrections = \(corrections.isEmpty ? nil : try JSONText.encode(corrections))
            WHERE id = \(id) AND owner = \(owner)
            """)
        try index(AnalyzedSample(sample: sample, features: item.features), in: session)
        return true
    }
}

extension Sample {
    fileprivate func with(filename: String, _ corrections: SampleCorrections) -> Sample {
        Sample(
            id: id, owner: owner, filename: filename, object: object, contentType: contentType, size: size, etag: etag,
            createdAt: createdAt, hiddenAt: hiddenAt, corrections: corrections)
    }
}
