import Auth
import SampleLibrary
import Storage

extension Files {
    /// Folders directly in one, or at the top, in order of their names.
    public func folders(in parent: FolderID?, of caller: Principal) async throws -> [LibraryFolder] {
        let account = try caller.may(.readLibrary)
        return try await database.read { session in
            try check(parent, of: account, in: session)
            return try catalog.folders(in: parent, of: account, session: session)
        }
    }

    public func folder(_ id: FolderID, of caller: Principal) async throws -> LibraryFolder {
        let account = try caller.may(.readLibrary)
        guard let folder = try await database.read({ try catalog.folder(id, of: account, in: $0) }) else {
            throw ServiceError.notFound("folder")
        }
        return folder
    }

    /// - Parameter ticket: of a request with an idempotency key: where it was received before, this is the same folder.
    /// - Throws: ``ServiceError`` `.conflict` for a name that is taken there, and for one too deep.
    public func createFolder(
        _ name: String, in parent: FolderID?, of caller: Principal, once ticket: IdempotencyTicket? = nil
    ) async throws -> LibraryFolder {
        let account = try caller.may(.changeLibrary)
        if let id: FolderID = try ticket?.receipt() { return try await folder(id, of: caller) }
        let now = clock.now()
        return try await ServiceError.translating {
            try await database.write { session in
                guard try catalog.countFolders(in: parent, of: account, in: session) < Self.mostFolders else {
                    throw ServiceError.conflict(
                        "there are \(Self.mostFolders) folders in that place: put it into one of them")
                }
                let folder = try catalog.createFolder(name, in: parent, of: account, at: now, session: session)
                try ticket?.record(folder.id, in: session)
                return folder
            }
        }
    }

    /// In one place: they are listed at once.
    static let mostFolders = 1_000

    /// Names a folder anew, or puts it with all that is in it somewhere else: what is nil stays.
    public func updateFolder(
        _ id: FolderID, name: String? = nil, parent: FolderID?? = nil, of caller: Principal
    ) async throws -> LibraryFolder {
        let account = try caller.may(.changeLibrary)
        return try await ServiceError.translating {
            try await database.write {
                try catalog.updateFolder(id, name: name, parent: parent, of: account, in: $0)
            }
        }
    }

    /// Removes a folder and all that is in it, files too: in portions, of which the folder goes with the last. One that was
    /// broken off goes on when it is asked for again.
    public func deleteFolder(_ id: FolderID, of caller: Principal) async throws {
        let account = try caller.may(.changeLibrary)
        try await ServiceError.translating {
            var isOver = false
            while !isOver {
                try Task.checkCancellation()
                isOver = try await database.write { session in
                    let step = try catalog.removeFolder(id, of: account, in: session)
                    try free(step.files, of: account, in: session)
                    return step.isOver
                }
            }
        }
    }
}
