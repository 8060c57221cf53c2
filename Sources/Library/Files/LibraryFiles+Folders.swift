import Storage

extension LibraryFiles {
    /// - Throws: ``LibraryError/notFound(_:)`` for the parent, ``LibraryError/invalidName``, ``LibraryError/tooDeep``,
    ///   ``LibraryError/nameTaken``.
    public func createFolder(
        _ name: String, in parent: FolderID? = nil, of owner: AccountID, at now: Timestamp,
        session: any WriteSession
    ) throws -> LibraryFolder {
        let name = try DisplayName.checked(name)
        try nesting.checkPlace(in: parent, of: owner, in: session)
        try checkName(name, in: parent, of: owner, except: nil, session)
        let folder = LibraryFolder(id: .random(), owner: owner, parent: parent, name: name, createdAt: now)
        try session.execute(
            """
            INSERT INTO folders (id, owner, parent, name, created_at)
            VALUES (\(folder.id), \(owner), \(parent), \(name), \(now))
            """)
        return folder
    }

    /// The folders directly in a folder, or at the top, in order of their names.
    public func folders(
        in parent: FolderID?, of owner: AccountID, session: any ReadSession
    ) throws -> [LibraryFolder] {
        try session.rows(
            "SELECT * FROM folders WHERE owner = \(owner) AND \(Nesting.stands(in: parent)) ORDER BY name, id"
        )
        .map(LibraryFolder.init)
    }

    /// The folders in all places, newest first.
    public func allFolders(
        of owner: AccountID, _ page: PageRequest, in session: any ReadSession
    ) throws -> Page<LibraryFolder> {
        let rows = try session.rows("SELECT * FROM folders WHERE owner = \(owner) \(page.newestFirst)")
        return Page(try rows.map(LibraryFolder.init), limit: page.limit) {
            PageCursor(createdAt: $0.createdAt, id: $0.id.text)
        }
    }

    public func folder(_ id: FolderID, of owner: AccountID, in session: any ReadSession) throws -> LibraryFolder? {
        try nesting.row(id, of: owner, in: session).map(LibraryFolder.init)
    }

    /// How many folders are directly in a folder, or at the top.
    public func countFolders(
        in parent: FolderID?, of owner: AccountID, in session: any ReadSession
    ) throws -> Int {
        try session.row(
            "SELECT COUNT(*) AS n FROM folders WHERE owner = \(owner) AND \(Nesting.stands(in: parent))")?.get("n") ?? 0
    }

    /// Names a folder anew, or puts it with all that is in it somewhere else: what is nil stays.
    ///
    /// - Throws: ``LibraryError/notFound(_:)``, ``LibraryError/invalidName``, ``LibraryError/tooDeep``,
    ///   ``LibraryError/insideItself``, ``LibraryError/nameTaken``.
    public func updateFolder(
        _ id: FolderID, name: String? = nil, parent: FolderID?? = nil, of owner: AccountID,
        in session: any WriteSession
    ) throws -> LibraryFolder {
        guard let row = try nesting.row(id, of: owner, in: session) else { throw LibraryError.notFound("folder") }
        let old = try LibraryFolder(row)
        let place = parent ?? old.parent
        if place != old.parent { try nesting.checkMove(id, into: place, of: owner, in: session) }
        let name = try DisplayName.checked(name ?? old.name)
        try checkName(name, in: place, of: owner, except: id, session)
        try session.execute("UPDATE folders SET name = \(name), parent = \(place) WHERE id = \(id)")
        return LibraryFolder(id: id, owner: owner, parent: place, name: name, createdAt: old.createdAt)
    }

    /// Removes files of a folder and of those in it, and when there are none left the folders. To be called until it is over;
    /// so no transaction is long.
    ///
    /// - Parameter limit: files at once.
    /// - Returns: files whose rows are gone and whose objects go next, and whether the folder is gone.
    /// - Throws: ``LibraryError/notFound(_:)``.
    public func removeFolder(
        _ id: FolderID, of owner: AccountID, atMost limit: Int = 200, in session: any WriteSession
    ) throws -> (files: [LibraryFile], isOver: Bool) {
        guard try nesting.row(id, of: owner, in: session) != nil else { throw LibraryError.notFound("folder") }
        let portions = Nesting.portions(of: try nesting.subtree(of: id, owner: owner, in: session))
        var files: [LibraryFile] = []
        for folders in portions {
            // The owner leads to the index.
            files += try session.rows(
                """
                DELETE FROM files WHERE id IN (
                    SELECT id FROM files WHERE owner = \(owner) AND folder IN (\(list: folders))
                    LIMIT \(limit - files.count))
                RETURNING *
                """
            ).map(LibraryFile.init)
            if files.count >= limit { return (files, false) }
        }
        for folders in portions { try session.execute("DELETE FROM folders WHERE id IN (\(list: folders))") }
        return (files, true)
    }

    private func checkName(
        _ name: String, in parent: FolderID?, of owner: AccountID, except id: FolderID?, _ session: any ReadSession
    ) throws {
        let taken = try session.row(
            "SELECT id FROM folders WHERE owner = \(owner) AND \(Nesting.stands(in: parent)) AND name = \(name)")
        if let taken, try taken.get("id") != id { throw LibraryError.nameTaken }
    }
}
