import Auth
import Billing
import Jobs
import SampleLibrary
import Storage

/// An account's files that are no samples: pictures, videos, papers, in folders.
public struct Files: Sendable {
    let database: any Database
    let objects: any ObjectStore
    let links: (any PresignedURLIssuer)?
    let queue: JobQueue
    let ledger: QuotaLedger
    let accounts: Accounts
    let egress: Egress
    let clock: any WallClock
    let catalog = LibraryFiles()

    /// Those directly in a folder, or at the top, newest first.
    public func files(
        in folder: FolderID?, of caller: Principal, _ page: PageRequest
    ) async throws -> Page<LibraryFile> {
        let account = try caller.may(.readLibrary)
        return try await database.read { session in
            try check(folder, of: account, in: session)
            return try catalog.list(in: folder, of: account, page, session: session)
        }
    }

    public func file(_ id: FileID, of caller: Principal) async throws -> LibraryFile {
        try await find(id, of: caller.may(.readLibrary))
    }

    private func find(_ id: FileID, of account: AccountID) async throws -> LibraryFile {
        guard let file = try await database.read({ try catalog.find(id, of: account, in: $0) }) else {
            throw ServiceError.notFound("file")
        }
        return file
    }

    /// Streams `body` into the store.
    ///
    /// - Parameters:
    ///   - name: as the client named it; shown, never used as a path.
    ///   - expectedSize: bytes, if the client said so; it is held beforehand and may be wrong.
    ///   - ticket: of a request with an idempotency key: where it was received before, this is the same file.
    /// - Throws: ``ServiceError`` `.tooLarge`, `.quotaExceeded`, `.unsupportedMedia`, `.notFound` for the folder, or what
    ///   `body` throws. Then nothing is left behind.
    public func receive(
        _ body: ByteStream, named name: String?, in folder: FolderID?, expectedSize: Int?, for caller: Principal,
        once ticket: IdempotencyTicket? = nil
    ) async throws -> LibraryFile {
        let account = try caller.may(.upload)
        _ = try caller.may(.changeLibrary)
        if let id: FileID = try ticket?.receipt() {
            try await body.drain()
            return try await find(id, of: account)
        }
        try await database.read { try check(folder, of: account, in: $0) }
        let entitlement = try await accounts.entitlement(of: account)
        let id = FileID.random()
        let incoming = IncomingObject(
            key: ObjectKey(in: "processed", of: account, id), hold: .random(), account: account,
            entitlement: entitlement, limit: min(entitlement.plan.uploadBytes ?? .max, FileKind.largest),
            isUpload: false, database: database, objects: objects, ledger: ledger, clock: clock)
        return try await ServiceError.translating {
            try await incoming.take(expectedSize: expectedSize) { meter in
                let file = try await IncomingFile(body, atMost: entitlement.plan.uploadBytes) {
                    try await meter.received($0)
                }
                let stored = try await objects.put(
                    file.stream, at: incoming.key, ObjectAttributes(contentType: file.kind.contentType), if: .always)
                return LibraryFile(
                    id: id, owner: account, folder: folder,
                    name: FileName.shown(FileName.cleaned(name, format: file.kind.rawValue)), object: incoming.key,
                    contentType: file.kind.contentType, size: stored.size, etag: stored.etag, createdAt: clock.now())
            } keep: { file, session in
                try incoming.count(file.size, in: session)
                try catalog.insert(file, in: session)
                try ticket?.record(file.id, in: session)
                return file
            } kept: { session in
                try catalog.find(id, of: account, in: session)
            }
        }
    }

    /// Names a file, puts it somewhere else, opens or closes it to the public: what is nil stays; a folder that is
    /// `.some(nil)` is the top.
    public func update(
        _ id: FileID, name: String? = nil, folder: FolderID?? = nil, isPublic: Bool? = nil, of caller: Principal
    ) async throws -> LibraryFile {
        let account = try caller.may(.changeLibrary)
        return try await ServiceError.translating {
            try await database.write {
                try catalog.update(id, name: name, folder: folder, isPublic: isPublic, of: account, in: $0)
            }
        }
    }

    /// Removes row, object and quota for good. The object goes in a job of the same transaction.
    public func delete(_ id: FileID, of caller: Principal) async throws {
        let account = try caller.may(.changeLibrary)
        try await database.write { session in
            guard let file = try catalog.remove(id, of: account, in: session) else {
                throw ServiceError.notFound("file")
            }
            try free([file], of: account, in: session)
        }
    }

    /// The bytes, or a part of them; what is sent of them counts as used by whose they are.
    public func content(
        _ id: FileID, of caller: Principal, range: ByteRange?
    ) async throws -> (LibraryFile, Download) {
        let file = try await file(id, of: caller)
        return (file, Download(try await objects.get(file.object, range: range), of: file.owner, egress))
    }

    /// What there is of the bytes, without them.
    public func contentInfo(_ id: FileID, of caller: Principal) async throws -> (LibraryFile, ObjectInfo) {
        let file = try await file(id, of: caller)
        return (file, try await objects.head(file.object))
    }

    /// Those of a file that is open to everybody who knows its name.
    public func publicContent(_ id: FileID, range: ByteRange?) async throws -> (LibraryFile, Download) {
        let file = try await publicFile(id)
        return (file, Download(try await objects.get(file.object, range: range), of: file.owner, egress))
    }

    public func publicContentInfo(_ id: FileID) async throws -> (LibraryFile, ObjectInfo) {
        let file = try await publicFile(id)
        return (file, try await objects.head(file.object))
    }

    private func publicFile(_ id: FileID) async throws -> LibraryFile {
        guard let file = try await database.read({ try catalog.findPublic(id, in: $0) }) else {
            throw ServiceError.notFound("file")
        }
        return file
    }

    /// A link by which anybody may read the bytes for an hour, straight from the store.
    public func link(to id: FileID, of caller: Principal) async throws -> PresignedRequest {
        let file = try await file(id, of: caller)
        guard let links else { throw ServiceError.notFound("link") }
        return try await links.presign(.get(downloadName: file.name), to: file.object, expiresIn: .seconds(3600))
    }

    func free(_ files: [LibraryFile], of account: AccountID, in session: any WriteSession) throws {
        let bytes = files.reduce(0) { $0.addingReportingOverflow($1.size).partialValue }
        try ledger.freeDeleted(bytes, of: .storageBytes, for: account, in: session)
        try queue.enqueue(files.map { try DeleteObject.job($0.object) }, asFollowUp: true, in: session)
    }

    func check(_ folder: FolderID?, of account: AccountID, in session: any ReadSession) throws {
        guard let folder, try catalog.folder(folder, of: account, in: session) == nil else { return }
        throw ServiceError.notFound("folder")
    }
}
