import Storage

/// The files of all accounts, as rows. Every call names the owner; another's file is as good as none.
public struct LibraryFiles: Sendable {
    let nesting = Nesting<LibraryFolder>(table: "folders", what: "folder")

    public init() {}

    /// - Throws: ``LibraryError/notFound(_:)`` for the folder, ``LibraryError/invalidName``.
    public func insert(_ file: LibraryFile, in session: any WriteSession) throws {
        try checkFolder(file.folder, of: file.owner, in: session)
        try session.execute(
            """
            INSERT INTO files (id, owner, folder, name, object_key, content_type, size, etag, public, created_at)
            VALUES (\(file.id), \(file.owner), \(file.folder), \(try DisplayName.checked(file.name)),
                \(file.object.text), \(file.contentType), \(file.size), \(file.etag), \(file.isPublic),
                \(file.createdAt))
            """)
    }

    public func find(_ id: FileID, of owner: AccountID, in session: any ReadSession) throws -> LibraryFile? {
        try session.row("SELECT * FROM files WHERE id = \(id) AND owner = \(owner)").map(LibraryFile.init)
    }

    /// What anybody may read: nil unless its owner made it public.
    public func findPublic(_ id: FileID, in session: any ReadSession) throws -> LibraryFile? {
        try session.row("SELECT * FROM files WHERE id = \(id) AND public = 1").map(LibraryFile.init)
    }

    /// The files directly in a folder, or at the top, newest first.
    public func list(
        in folder: FolderID?, of owner: AccountID, _ page: PageRequest, session: any ReadSession
    ) throws -> Page<LibraryFile> {
        let rows = try session.rows(
            """
            SELECT * FROM files WHERE owner = \(owner) AND COALESCE(folder, '') = \(folder?.text ?? "") \(page.newestFirst)
            """)
        return Page(try rows.map(LibraryFile.init), limit: page.limit) {
            PageCursor(createdAt: $0.createdAt, id: $0.id.text)
        }
    }

    /// The files in all folders and none, newest first.
    public func all(
        of owner: AccountID, _ page: PageRequest, in session: any ReadSession
    ) throws -> Page<LibraryFile> {
        let rows = try session.rows("SELECT * FROM files WHERE owner = \(owner) \(page.newestFirst)")
        return Page(try rows.map(LibraryFile.init), limit: page.limit) {
            PageCursor(createdAt: $0.createdAt, id: $0.id.text)
        }
    }

    /// Names a file, puts it somewhere else, opens or closes it to the public: what is nil stays.
    ///
    /// - Returns: the file as it is now.
    /// - Throws: ``LibraryError/notFound(_:)``, ``LibraryError/invalidName``.
    public func update(
        _ id: FileID, name: String? = nil, folder: FolderID?? = nil, isPublic: Bool? = nil, of owner: AccountID,
        in session: any WriteSession
    ) throws -> LibraryFile {
        guard let file = try find(id, of: owner, in: session) else { throw LibraryError.notFound("file") }
        let place = folder ?? file.folder
        try checkFolder(place, of: owner, in: session)
        try session.execute(
            """
            UPDATE files SET name = \(try DisplayName.checked(name ?? file.name)), folder = \(place),
                public = \(isPublic ?? file.isPublic) WHERE id = \(id)
            """)
        return LibraryFile(
            id: id, owner: owner, folder: place, name: name ?? file.name, object: file.object,
            contentType: file.contentType, size: file.size, etag: file.etag, isPublic: isPublic ?? file.isPublic,
            createdAt: file.createdAt)
    }

    /// Removes the row.
    ///
    /// - Returns: what was removed, whose object goes next; nil when there was nothing of this owner's.
    public func remove(_ id: FileID, of owner: AccountID, in session: any WriteSession) throws -> LibraryFile? {
        try session.row("DELETE FROM files WHERE id = \(id) AND owner = \(owner) RETURNING *").map(LibraryFile.init)
    }

    private func checkFolder(_ folder: FolderID?, of owner: AccountID, in session: any ReadSession) throws {
        guard let folder else { return }
        guard try nesting.row(folder, of: owner, in: session) != nil else { throw LibraryError.notFound("folder") }
    }
}
