import Auth
import SampleLibrary
import Storage

/// An account's collections: samples put together by hand, in an order of their own, or by rules.
public struct Collections: Sendable {
    let database: any Database
    let clock: any WallClock
    let collections = SampleCollections()
    let catalog = SampleCatalog()

    /// Those directly in a collection, or at the top, in their order.
    public func collections(
        in parent: CollectionID?, of caller: Principal, _ page: PageRequest
    ) async throws -> Page<SampleCollection> {
        let account = try caller.may(.readLibrary)
        return try await database.read { session in
            if let parent { _ = try find(parent, of: account, in: session) }
            return try collections.list(in: parent, of: account, page, in: session)
        }
    }

    public func collection(_ id: CollectionID, of caller: Principal) async throws -> CollectionReport {
        let account = try caller.may(.readLibrary)
        return try await database.read { try report(find(id, of: account, in: $0), in: $0) }
    }

    /// - Parameters:
    ///   - rules: nil for one that is filled by hand.
    ///   - ticket: of a request with an idempotency key: where it was received before, this is the same collection.
    public func create(
        _ name: String, in parent: CollectionID?, rules: SampleQuery?, of caller: Principal,
        once ticket: IdempotencyTicket? = nil
    ) async throws -> CollectionReport {
        let account = try caller.may(.changeLibrary)
        if let id: CollectionID = try ticket?.receipt() { return try await collection(id, of: caller) }
        let now = clock.now()
        return try await change { session in
            let made = try collections.create(
                name, in: parent, rules: rules, of: account, at: now, session: session)
            try ticket?.record(made.id, in: session)
            return try report(made, in: session)
        }
    }

    /// Names it anew, puts it somewhere else, gives it other rules: what is nil stays, `.some(nil)` takes away.
    ///
    /// - Throws: ``ServiceError`` `.conflict` for a place inside itself or too deep, and for rules of one that holds samples
    ///   put in by hand.
    public func update(
        _ id: CollectionID, name: String? = nil, parent: CollectionID?? = nil, rules: SampleQuery?? = nil,
        of caller: Principal
    ) async throws -> CollectionReport {
        let account = try caller.may(.changeLibrary)
        return try await change { session in
            let old = try find(id, of: account, in: session)
            if let name { try collections.rename(id, to: name, of: account, in: session) }
            if let parent, parent != old.parent {
                try collections.move(id, into: parent, of: account, in: session)
            }
            if let rules {
                if rules != nil, try collections.count(of: id, owner: account, in: session) > 0 {
                    throw ServiceError.conflict("the collection holds samples: take them out before it fills itself")
                }
                try collections.setRules(rules, of: id, owner: account, in: session)
            }
            return try report(find(id, of: account, in: session), in: session)
        }
    }

    /// Removes a collection and those in it; samples stay.
    public func delete(_ id: CollectionID, of caller: Principal) async throws {
        let account = try caller.may(.changeLibrary)
        try await change { session in
            _ = try find(id, of: account, in: session)
            try collections.delete(id, of: account, in: session)
        }
    }

    /// Brings the collections of one place into an order: those named come first, the others follow as they were.
    public func arrange(
        _ ids: [CollectionID], in parent: CollectionID?, of caller: Principal
    ) async throws {
        let account = try caller.may(.changeLibrary)
        try await change { session in
            if let parent { _ = try find(parent, of: account, in: session) }
            try collections.arrange(ids, in: parent, of: account, session: session)
        }
    }

    /// The samples of a collection: in its order, or as its rules find them now.
    ///
    /// - Parameter cursor: as the page before gave it.
    /// - Throws: ``ServiceError`` `.invalid` for a cursor of another list.
    public func samples(
        of id: CollectionID, for caller: Principal, limit: Int, after cursor: String?
    ) async throws -> CollectionPage {
        let account = try caller.may(.readLibrary)
        return try await database.read { session in
            let collection = try find(id, of: account, in: session)
            guard let rules = collection.rules else {
                return try page(of: id, account, limit, after: cursor, in: session)
            }
            let place = try cursor.map { try known(SampleCursor($0, for: account, rules)) }
            let page = try catalog.details(rules, of: account, limit: limit, after: place, in: session)
            return CollectionPage(items: page.items, next: page.next?.encoded(for: account, rules))
        }
    }

    private func page(
        of id: CollectionID, _ account: AccountID, _ limit: Int, after cursor: String?, in session: any ReadSession
    ) throws -> CollectionPage {
        let list = "collection \(id)"
        let last = try cursor.map { try known(PageCursor($0, for: account, list: list)) }
        let found = try collections.samples(
            of: id, owner: account, limit: limit, after: last.flatMap(\.place) ?? 0, in: session)
        let items = try catalog.details(of: found.map(\.sample.id), owner: account, in: session)
        let next = found.count == limit ? found.last.map { PageCursor(place: $0.place, id: $0.sample.id.text) } : nil
        return CollectionPage(items: items, next: next?.encoded(for: account, list: list))
    }

    private func known<Cursor>(_ cursor: Cursor?) throws(ServiceError) -> Cursor {
        guard let cursor else { throw .foreignCursor }
        return cursor
    }

    /// Puts samples at the end, takes them out, or brings them to the front in an order; all or nothing.
    ///
    /// - Throws: ``ServiceError`` `.notFound` for the collection or a sample, `.conflict` for one that fills itself.
    public func change(
        _ action: Action, _ samples: [SampleID], of id: CollectionID, for caller: Principal
    ) async throws -> CollectionReport {
        let account = try caller.may(.changeLibrary)
        let now = clock.now()
        return try await ServiceError.translating(field: "samples") {
            try await database.write { session in
                switch action {
                case .add: try collections.add(samples, to: id, of: account, at: now, in: session)
                case .remove: try collections.remove(samples, from: id, of: account, in: session)
                case .arrange: try collections.arrange(samples, in: id, of: account, session: session)
                }
                return try report(find(id, of: account, in: session), in: session)
            }
        }
    }

    public enum Action: Sendable {
        case add, remove, arrange
    }

    private func change<Value: Sendable>(
        _ body: @escaping @Sendable (any WriteSession) throws -> Value
    ) async throws -> Value {
        try await ServiceError.translating { try await database.write(body) }
    }

    private func find(
        _ id: CollectionID, of account: AccountID, in session: any ReadSession
    ) throws -> SampleCollection {
        guard let collection = try collections.find(id, of: account, in: session) else {
            throw ServiceError.notFound("collection")
        }
        return collection
    }

    private func report(_ collection: SampleCollection, in session: any ReadSession) throws -> CollectionReport {
        let count =
            try collection.rules.map { try catalog.count($0, of: collection.owner, in: session) }
            ?? collections.count(of: collection.id, owner: collection.owner, in: session)
        return CollectionReport(collection: collection, samples: count)
    }
}

/// A collection, and how much is in it now.
public struct CollectionReport: Equatable, Sendable {
    public let collection: SampleCollection
    public let samples: Int
}

public struct CollectionPage: Sendable {
    public let items: [SampleDetails]
    /// Nil on the last page.
    public let next: String?
}
