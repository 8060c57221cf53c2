import Storage

/// Any file of an account, sound or not, in a folder or by itself.
public struct LibraryFile: Equatable, Sendable {
    public let id: FileID
    public let owner: AccountID
    public let folder: FolderID?
    /// As people see it; not a path, and not unique.
    public let name: String
    /// Where the bytes are.
    public let object: ObjectKey
    public let contentType: String
    /// Bytes.
    public let size: Int
    public let etag: String
    /// Whether anybody may read it who knows its name.
    public let isPublic: Bool
    public let createdAt: Timestamp

    public init(
        id: FileID, owner: AccountID, folder: FolderID? = nil, name: String, object: ObjectKey, contentType: String,
        size: Int, etag: String, isPublic: Bool = false, createdAt: Timestamp
    ) {
        (self.id, self.owner, self.folder, self.name, self.object) = (id, owner, folder, name, object)
        (self.contentType, self.size, self.etag, self.isPublic) = (contentType, size, etag, isPublic)
        self.createdAt = createdAt
    }
}

public typealias FileID = Identifier<LibraryFile>

/// A folder of an account's files.
public struct LibraryFolder: Equatable, Sendable {
    public let id: FolderID
    public let owner: AccountID
    /// Nil for one at the top.
    public let parent: FolderID?
    /// Only one folder of a name is in one place.
    public let name: String
    public let createdAt: Timestamp
}

public typealias FolderID = Identifier<LibraryFolder>

extension LibraryFile {
    init(_ row: Row) throws {
        self.init(
            id: try row.get("id"), owner: try row.get("owner"), folder: try row.get(optional: "folder"),
            name: try row.get("name"), object: try ObjectKey(row.get("object_key")),
            contentType: try row.get("content_type"), size: try row.get("size"), etag: try row.get("etag"),
            isPublic: try row.get("public"), createdAt: try row.get("created_at"))
    }
}

extension LibraryFolder {
    init(_ row: Row) throws {
        self.init(
            id: try row.get("id"), owner: try row.get("owner"), parent: try row.get(optional: "parent"),
            name: try row.get("name"), createdAt: try row.get("created_at"))
    }
}
