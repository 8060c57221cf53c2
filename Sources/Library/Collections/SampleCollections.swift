import Storage

/// The collections of all accounts, as rows. Every call names the owner; another's collection is as good as none.
public struct SampleCollections: Sendable {
    private let nesting = Nesting<SampleCollection>(table: "collections", what: "collection")

    public init() {}

    /// Makes an empty collection, the last one among its siblings.
    ///
    /// - Throws: ``LibraryError/invalidName``, ``LibraryError/notFound(_:)`` for the parent, ``LibraryError/tooDeep``.
    public func create(
        _ name: String, in parent: CollectionID? = nil, rules: SampleQuery? = nil, of owner: AccountID,
        at now: Timestamp, session: any WriteSession
    ) throws -> SampleCollection {
        let name = try DisplayName.checked(name)
        try nesting.checkPlace(in: parent, of: owner, in: session)
        let collection = SampleCollection(
            id: .random(), owner: owner, parent: parent, name: name, rules: rules, createdAt: now)
        try session.execute(
            """
            INSERT INTO collections (id, owner, parent, name, place, rules, created_at)
            VALUES (\(collection.id), \(owner), \(parent), \(name), \(try nextPlace(in: parent, of: owner, session)),
                \(try rules.map(JSONText.encode)), \(now))
            """)
        return collection
    }

    public func find(_ id: CollectionID, of owner: AccountID, in session: any ReadSession) throws -> SampleCollection? {
        try nesting.row(id, of: owner, in: session).map(SampleCollection.init)
    }

    /// What is directly in a collection, or stands by itself, in its order.
    public func list(
        in parent: CollectionID?, of owner: AccountID, in session: any ReadSession
    ) throws -> [SampleCollection] {
        try session.rows(
            "SELECT * FROM collections WHERE owner = \(owner) AND \(Nesting.stands(in: parent)) ORDER BY place, id"
        ).map(SampleCollection.init)
    }

    /// A part of what is directly in a collection, or stands by itself, in its order.
    ///
    /// - Parameter page: its cursor is one by ``PageCursor/init(place:id:)``.
    public func list(
        in parent: CollectionID?, of owner: AccountID, _ page: PageRequest, in session: any ReadSession
    ) throws -> Page<SampleCollection> {
        let after: SQL = page.after.flatMap { last in last.place.map { "AND (place, id) > (\($0), \(last.id))" } } ?? ""
        let rows = try session.rows(
            """
            SELECT * FROM collections WHERE owner = \(owner) AND \(Nesting.stands(in: parent)) \(after)
            ORDER BY place, id LIMIT \(page.limit + 1)
            """)
        let places: [CollectionID: Int] = try rows.reduce(into: [:]) { $0[try $1.get("id")] = try $1.get("place") }
        return Page(try rows.map(SampleCollection.init), limit: page.limit) {
            PageCursor(place: places[$0.id] ?? 0, id: $0.id.text)
        }
    }

    /// The collections in all places, newest first.
    public func all(
        of owner: AccountID, _ page: PageRequest, in session: any ReadSession
    ) throws -> Page<SampleCollection> {
        let rows = try session.rows("SELECT * FROM collections WHERE owner = \(owner) \(page.newestFirst)")
        return Page(try rows.map(SampleCollection.init), limit: page.limit) {
            PageCursor(createdAt: $0.createdAt, id: $0.id.text)
        }
    }

    /// Brings the collections of one place into an order.
    ///
    /// - Parameter ids: those to come first, in order; the others follow as they were.
    /// - Throws: ``LibraryError/tooMany(_:allowed:)``.
    public func arrange(
        _ ids: [CollectionID], in parent: CollectionID?, of owner: AccountID, session: any WriteSession
    ) throws {
        guard ids.count <= SampleCollection.largestBatch else {
            throw LibraryError.tooMany(ids.count, allowed: SampleCollection.largestBatch)
        }
        let present = try list(in: parent, of: owner, in: session).map(\.id)
        let (known, first) = (Set(present), Set(ids))
        var seen: Set<CollectionID> = []
        let order =
            ids.filter { known.contains($0) && seen.insert($0).inserted } + present.filter { !first.contains($0) }
        for (place, id) in order.enumerated() {
            try session.execute("UPDATE collections SET place = \(place + 1) WHERE id = \(id) AND owner = \(owner)")
        }
    }

    /// How many samples were put into a collection by hand and are not hidden.
    public func count(of id: CollectionID, owner: AccountID, in session: any ReadSession) throws -> Int {
        try session.row(
            """
            SELECT COUNT(*) AS n FROM collection_samples c JOIN samples ON samples.id = c.sample_id
            WHERE c.collection_id = \(id) AND \(SQLDifference.notLookedUp)samples.owner = \(owner) AND hidden_at IS NULL
            """)?.get("n") ?? 0
    }

    /// - Throws: ``LibraryError/notFound(_:)``, ``LibraryError/invalidName``.
    public func rename(
        _ id: CollectionID, to name: String, of owner: AccountID, in session: any WriteSession
    ) throws {
        let name = try DisplayName.checked(name)
        let count = try session.execute(
            "UPDATE collections SET name = \(name) WHERE id = \(id) AND owner = \(owner)")
        guard count > 0 else { throw LibraryError.notFound("collection") }
    }

    /// - Parameter rules: nil makes it one that is filled by hand.
    /// - Throws: ``LibraryError/notFound(_:)``.
    public func setRules(
        _ rules: SampleQuery?, of id: CollectionID, owner: AccountID, in session: any WriteSession
    ) throws {
        let count = try session.execute(
            "UPDATE collections SET rules = \(try rules.map(JSONText.encode)) WHERE id = \(id) AND owner = \(owner)")
        guard count > 0 else { throw LibraryError.notFound("collection") }
    }

    /// Puts a collection, with all that is in it, to the end of another one.
    ///
    /// - Throws: ``LibraryError/notFound(_:)``; ``LibraryError/tooDeep``; ``LibraryError/insideItself`` for a place
    ///   that lies in the collection.
    public func move(
        _ id: CollectionID, into parent: CollectionID?, of owner: AccountID, in session: any WriteSession
    ) throws {
        try nesting.checkMove(id, into: parent, of: owner, in: session)
        try session.execute(
            """
            UPDATE collections SET parent = \(parent), place = \(try nextPlace(in: parent, of: owner, session))
            WHERE id = \(id) AND owner = \(owner)
            """)
    }

    /// Removes a collection and those in it; samples stay. Removing a missing one changes nothing.
    public func delete(_ id: CollectionID, of owner: AccountID, in session: any WriteSession) throws {
        guard try find(id, of: owner, in: session) != nil else { return }
        for portion in Nesting.portions(of: try nesting.subtree(of: id, owner: owner, in: session)) {
            try session.execute("DELETE FROM collection_samples WHERE collection_id IN (\(list: portion))")
            try session.execute("DELETE FROM collections WHERE id IN (\(list: portion))")
        }
    }

    private func nextPlace(in parent: CollectionID?, of owner: AccountID, _ session: any ReadSession) throws -> Int {
        try session.row(
            """
            SELECT COALESCE(MAX(place), 0) + 1 AS place FROM collections
            WHERE owner = \(owner) AND \(Nesting.stands(in: parent))
            """)?.get("place") ?? 1
    }
}
