import Auth
import SampleLibrary
import Storage

extension Library {
    /// Renames, tags or corrects a sample; all of it, or nothing.
    ///
    /// - Throws: ``ServiceError`` `.notFound`, `.invalid` naming the field.
    public func change(
        _ id: SampleID, _ change: SampleChange, of caller: Principal
    ) async throws -> SampleDetails {
        let account = try caller.may(.changeLibrary)
        try change.check()
        let (filename, tags) = (try change.checkedFilename(), try change.checkedTags())
        try await database.write { session in
            let isKnown = try catalog.change(id, of: account, filename: filename, in: session) { corrections in
                try change.correct(&corrections)
            }
            guard isKnown else { throw ServiceError.notFound("sample") }
            if let tags { _ = try catalog.setTags(tags, of: id, owner: account, in: session) }
            if change != SampleChange() { try tell(id, of: account, in: session) { .sampleChanged($0) } }
        }
        return try await details(of: id, account)
    }
}
