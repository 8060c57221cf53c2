import Auth
import SampleLibrary
import Storage

extension Library {
    /// Samples that fit, with what was measured of them but for the waveform.
    ///
    /// - Parameters:
    ///   - limit: clamped to `1...200`.
    ///   - cursor: of the page before, from a search with the same query.
    /// - Throws: ``ServiceError`` `.invalid` for a cursor of another query, `.notFound` for a collection.
    public func search(
        _ query: SampleQuery, of caller: Principal, limit: Int = 50, cursor: String? = nil
    ) async throws -> LibraryPage {
        let account = try caller.may(.readLibrary)
        return try await database.read { session in
            let query = try resolved(query, account, in: session)
            let start = try cursor.map { text in
                guard let start = SampleCursor(text, for: account, query) else { throw ServiceError.foreignCursor }
                return start
            }
            let page = try catalog.details(query, of: account, limit: limit, after: start, in: session)
            return LibraryPage(items: page.items, cursor: page.next?.encoded(for: account, query))
        }
    }

    /// How many of the samples that fit have what.
    public func counts(of query: SampleQuery, of caller: Principal) async throws -> SampleCounts {
        let account = try caller.may(.readLibrary)
        return try await database.read { session in
            try catalog.counts(of: resolved(query, account, in: session), owner: account, in: session)
        }
    }

    /// One sample with its tags, its waveform, and all that was measured. One that is hidden is not found.
    public func details(of id: SampleID, of caller: Principal) async throws -> SampleDetails {
        let account = try caller.may(.readLibrary)
        return try await details(of: id, account)
    }

    func details(of id: SampleID, _ account: AccountID) async throws -> SampleDetails {
        let found = try await database.read { try catalog.details(of: id, owner: account, in: $0) }
        guard let found, found.summary.sample.hiddenAt == nil else { throw ServiceError.notFound("sample") }
        return found
    }

    /// The tags of an account, and on how many samples that are shown each is, in order of their letters.
    ///
    /// - Parameter cursor: of the page before.
    public func tags(
        of caller: Principal, limit: Int, after cursor: String? = nil
    ) async throws -> (tags: [TagCount], next: String?) {
        let account = try caller.may(.readLibrary)
        let limit = min(max(limit, 1), PageRequest.largest)
        let found = try await database.read {
            try catalog.tagCounts(of: account, after: cursor, limit: limit, in: $0)
        }
        let shown = Array(found.prefix(limit))
        return (shown, found.count > limit ? shown.last?.tag.text : nil)
    }

    /// A collection that fills itself stands for its rules.
    private func resolved(
        _ query: SampleQuery, _ account: AccountID, in session: any ReadSession
    ) throws -> SampleQuery {
        guard let id = query.collection else { return query }
        guard let collection = try SampleCollections().find(id, of: account, in: session) else {
            throw ServiceError.notFound("collection")
        }
        guard let rules = collection.rules else { return query }
        var query = query
        query.collection = nil
        query.rules.append(rules)
        return query
    }
}
