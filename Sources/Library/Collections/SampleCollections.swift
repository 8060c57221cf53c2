import Storage

/// The collections of all accounts, as rows. Every call names the owner; another's collection is as good as none.
public struct SampleCollections: Sendable {
    public init() {}

    /// Makes an empty collection, the last one among its siblings.
    ///
    /// - Throws: ``LibraryError/invalidName``, ``LibraryError/notFound(_:)`` for the parent, ``LibraryError/tooDeep``.
    public func create(
        _ name: String, in parent: CollectionID? = nil, rules: SampleQuery? = nil, of owner: AccountID,
        at now: Timestamp, session: any WriteSession
    ) throws -> SampleCollection {
        let name = try checked(name)
        if let parent { try checkDepth(below: parent, adding: 1, of: owner, in: session) }
        let collection = SampleCollection(
            id: .random(), owner: owner, parent: parent, name: name, rules: rules, createdAt: now)
        try session.execute(
            """
            INSERT INTO collections (id, owner, parent, name, place, rules, created_at)
            VALUES (\(collection.id), \(owner), \(parent), \(name), \(try nextPlace(in: parent, of: owner, session)),
                \(try rules?.json()), \(now))
            """)
        return collection
    }

    public func find(_ id: CollectionID, of owner: AccountID, in session: any ReadSession) throws -> SampleCollection? {
        try session.row("SELECT * FROM collections WHERE id = \(id) AND owner = \(owner)").map(SampleCollection.init)
    }

    /// What is directly in a collection, or stands by itself, in its order.
    public func list(
        in parent: CollectionID?, of owner: AccountID, in session: any ReadSession
    ) throws -> [SampleCollection] {
        let place: SQL = parent.map { "parent = \($0)" } ?? "parent IS NULL"
        return try session.rows(
            "SELECT * FROM collections WHERE owner = \(owner) AND \(place) ORDER BY place, id"
        ).map(SampleCollection.init)
    }

    /// - Throws: ``LibraryError/notFound(_:)``, ``LibraryError/invalidName``.
    public func rename(
        _ id: CollectionID, to name: String, of owner: AccountID, in session: any WriteSession
    ) throws {
        let name = try checked(name)
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
            "UPDATE collections SET rules = \(try rules?.json()) WHERE id = \(id) AND owner = \(owner)")
        guard count > 0 else { throw LibraryError.notFound("collection") }
    }

    /// Puts a collection, with all that is in it, to the end of another one.
    ///
    /// - Throws: ``LibraryError/notFound(_:)``; ``LibraryError/tooDeep``; ``LibraryError/insideItself`` for a place
    ///   that lies in the collection.
    public func move(
        _ id: CollectionID, into parent: CollectionID?, of owner: AccountID, in session: any WriteSession
    ) throws {
        guard try find(id, of: owner, in: session) != nil else { throw LibraryError.notFound("collection") }
        if let parent {
            let path = try path(to: parent, of: owner, in: session)
            guard !path.contains(id) else { throw LibraryError.insideItself }
            let height = try height(of: id, in: session)
            guard path.count + height <= SampleCollection.deepest else { throw LibraryError.tooDeep }
        }
        try session.execute(
            """
            UPDATE collections SET parent = \(parent), place = \(try nextPlace(in: parent, of: owner, session))
            WHERE id = \(id) AND owner = \(owner)
            """)
    }

    /// Removes a collection and those in it; samples stay. Removing a missing one changes nothing.
    public func delete(_ id: CollectionID, of owner: AccountID, in session: any WriteSession) throws {
        guard try find(id, of: owner, in: session) != nil else { return }
        for child in try children(of: id, in: session) { try delete(child, of: owner, in: session) }
        try session.execute("DELETE FROM collection_samples WHERE collection_id = \(id)")
        try session.execute("DELETE FROM collections WHERE id = \(id)")
    }

    private func checked(_ name: String) throws(LibraryError) -> String {
        guard (1...SampleCollection.longestName).contains(name.utf8.count),
            !name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else { throw .invalidName }
        return name
    }

    private func children(of id: CollectionID, in session: any ReadSession) throws -> [CollectionID] {
        try session.rows("SELECT id FROM collections WHERE parent = \(id)").map { try $0.get("id") }
    }

    private func nextPlace(in parent: CollectionID?, of owner: AccountID, _ session: any ReadSession) throws -> Int {
        let place: SQL = parent.map { "parent = \($0)" } ?? "parent IS NULL"
        return try session.row(
            "SELECT COALESCE(MAX(place), 0) + 1 AS place FROM collections WHERE owner = \(owner) AND \(place)"
        )?.get("place") ?? 1
    }

    private func checkDepth(
        below parent: CollectionID, adding levels: Int, of owner: AccountID, in session: any ReadSession
    ) throws {
        guard try path(to: parent, of: owner, in: session).count + levels <= SampleCollection.deepest else {
            throw LibraryError.tooDeep
        }
    }

    /// The collection itself and those it is in.
    private func path(
        to id: CollectionID, of owner: AccountID, in session: any ReadSession
    ) throws -> [CollectionID] {
        var (path, next): ([CollectionID], CollectionID?) = ([], id)
        while let id = next {
            guard let collection = try find(id, of: owner, in: session) else {
                throw LibraryError.notFound("collection")
            }
            path.append(id)
            next = path.count <= SampleCollection.deepest ? collection.parent : nil
        }
        return path
    }

    /// 1 for a collection that holds no other.
    private func height(of id: CollectionID, in session: any ReadSession) throws -> Int {
        1 + (try children(of: id, in: session).map { try height(of: $0, in: session) }.max() ?? 0)
    }
}
