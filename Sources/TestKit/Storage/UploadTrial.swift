import Storage
import Synchronization
import Testing

/// Sessions over a setting, and a program around them that counts what it holds and what it took over.
struct UploadTrial: Sendable {
    struct Account: Equatable {
        let holds: Int
        let jobs: Int
    }

    static let life = Duration.seconds(3600)

    let setting: UploadSessionPromise.Setting
    let owner = AccountID.random()
    /// Of the sessions alone: links keep to the store's clock.
    let clock = ManualClock(SystemClock().now())

    var store: any PresignedPartIssuer { setting.store }
    var partSize: Int { store.partSizes.lowerBound }

    init(_ setting: UploadSessionPromise.Setting) async throws {
        self.setting = setting
        try await setting.database.migrate([UploadSessions.migrations], at: clock.now())
        try await setting.database.write { session in
            try session.execute("CREATE TABLE upload_holds (hold TEXT PRIMARY KEY)")
            try session.execute("CREATE TABLE upload_jobs (upload TEXT PRIMARY KEY)")
        }
    }

    private func database(_ faults: Faults?) -> any Database {
        if let faults { FaultyDatabase(setting.database, faults) } else { setting.database }
    }

    func sessions(_ faults: Faults? = nil) -> UploadSessions {
        UploadSessions(
            database: database(faults), store: faults.map { FaultyStore(store, $0) } ?? store, policy: Counting(),
            clock: clock,
            partSize: partSize)
    }

    func bytes(_ count: Int) -> [UInt8] {
        Array("RIFF".utf8.prefix(count)) + pattern(max(0, count - 4))
    }

    /// Reserves, with a hold in the same transaction, and opens; again for one that is there.
    @discardableResult
    func begin(
        _ id: UploadID, size: Int, inParts: Bool = false, _ faults: Faults? = nil
    ) async throws -> OpenUpload {
        let sessions = sessions(faults)
        let request = UploadRequest(
            id: id, owner: owner, key: ObjectKey(in: "uploads-pending", of: owner, id), size: size,
            attributes: ObjectAttributes(contentType: "audio/wav"), hold: "hold of \(id)", inParts: inParts,
            life: Self.life)
        try await database(faults).write { session in
            guard try sessions.find(id, in: session) == nil else { return }
            try session.execute("INSERT INTO upload_holds (hold) VALUES (\(request.hold))")
            _ = try sessions.reserve(request, in: session)
        }
        return try await sessions.open(id, of: owner)
    }

    /// Sends what the links are for, or only some of it.
    func send(_ bytes: [UInt8], by open: OpenUpload, parts: [Int]? = nil) async throws {
        for number in parts ?? open.links.keys.sorted() {
            guard let link = open.links[number] else { continue }
            let size = open.session.partSize ?? bytes.count
            let piece = Array(bytes.dropFirst((number - 1) * size).prefix(size))
            let status = try await setting.send(link, piece).status
            #expect(status == 200, "part \(number)")
        }
    }

    func account() async throws -> Account {
        try await setting.database.read { session in
            Account(
                holds: try session.rows("SELECT hold FROM upload_holds").count,
                jobs: try session.rows("SELECT upload FROM upload_jobs").count)
        }
    }

    func expectNothingLeft(_ when: String = "") async throws {
        #expect(try await account() == Account(holds: 0, jobs: 0), "\(when)")
        #expect(try await store.keys().isEmpty, "\(when)")
        #expect(try await store.uploads(prefix: "").isEmpty, "\(when)")
    }

    /// Runs `scenario` with a failure at the first call, the second, … until no call is left to fail.
    ///
    /// - Returns: how many failures there were.
    func failAtEach(
        isWanted: Bool = true, _ scenario: (UploadID, [UInt8], Faults) async throws -> Void
    ) async throws -> Int {
        // One part will do: what fails is the steps around it.
        let bytes = isWanted ? self.bytes(1000) : Array(repeating: 0x3C, count: 1000)
        var failures = 0
        for afterEffect in [false, true] {
            var number = 1
            while true {
                let (id, faults) = (UploadID.random(), Faults(at: number, afterEffect: afterEffect))
                try await scenario(id, bytes, faults)
                _ = try await setting.database.write { try $0.execute("DELETE FROM upload_jobs") }
                for object in try await store.list(prefix: "", after: nil, limit: 1000).objects {
                    try await store.delete(object.key)
                }
                guard faults.hasStruck else { break }
                (failures, number) = (failures + 1, number + 1)
            }
        }
        return failures
    }

    /// As a client that tries again.
    func insist(_ step: () async throws -> Void) async throws {
        do {
            try await step()
        } catch is InjectedFault {
            try await step()
        } catch ObjectStoreError.unavailable {
            try await step()
        }
    }

    /// Holds and jobs are rows with primary keys: to end one twice, or to take one over twice, is an error.
    private struct Counting: UploadPolicy {
        func judge(_ head: [UInt8], of session: UploadSession) -> UploadVerdict {
            head.starts(with: Array("RIFF".utf8)) ? .accepted(kind: "audio") : .refused(reason: "no audio")
        }

        func committed(_ session: UploadSession, in transaction: any WriteSession) throws {
            try end(session.hold, in: transaction)
            try transaction.execute("INSERT INTO upload_jobs (upload) VALUES (\(session.id))")
        }

        func ended(_ session: UploadSession, in transaction: any WriteSession) throws {
            try end(session.hold, in: transaction)
        }

        private func end(_ hold: String, in transaction: any WriteSession) throws {
            let ended = try transaction.execute("DELETE FROM upload_holds WHERE hold = \(hold)")
            guard ended == 1 else { throw EndedTwice() }
        }
    }
}

struct EndedTwice: Error {}
struct InjectedFault: Error {}

/// Which call fails: once, before or after it took effect.
final class Faults: Sendable, CustomStringConvertible {
    private let calls = Mutex(0)
    private let number: Int
    private let afterEffect: Bool

    init(at number: Int, afterEffect: Bool) {
        (self.number, self.afterEffect) = (number, afterEffect)
    }

    var hasStruck: Bool { calls.withLock { $0 >= number } }
    var description: String { "call \(number), \(afterEffect ? "after" : "before") its effect" }

    func around<Value>(_ error: any Error, _ call: () async throws -> Value) async throws -> Value {
        let strikes = calls.withLock { calls in
            calls += 1
            return calls == number
        }
        guard strikes else { return try await call() }
        if afterEffect { _ = try await call() }
        throw error
    }
}

private struct FaultyDatabase: Database {
    private let database: any Database
    private let faults: Faults

    init(_ database: any Database, _ faults: Faults) {
        (self.database, self.faults) = (database, faults)
    }

    func read<Value: Sendable>(_ body: @escaping @Sendable (any ReadSession) throws -> Value) async throws -> Value {
        try await faults.around(InjectedFault()) { try await database.read(body) }
    }

    func write<Value: Sendable>(_ body: @escaping @Sendable (any WriteSession) throws -> Value) async throws -> Value {
        try await faults.around(InjectedFault()) { try await database.write(body) }
    }
}

private struct FaultyStore: PresignedPartIssuer {
    private let store: any PresignedPartIssuer
    private let faults: Faults

    init(_ store: any PresignedPartIssuer, _ faults: Faults) {
        (self.store, self.faults) = (store, faults)
    }

    private func call<Value>(_ body: () async throws -> Value) async throws(ObjectStoreError) -> Value {
        do {
            return try await faults.around(ObjectStoreError.unavailable("injected"), body)
        } catch let error as ObjectStoreError {
            throw error
        } catch {
            throw .unavailable("\(error)")
        }
    }

    func put(
        _ body: ByteStream, at key: ObjectKey, _ attributes: ObjectAttributes, if condition: WriteCondition
    ) async throws(ObjectStoreError) -> ObjectInfo {
        try await call { try await store.put(body, at: key, attributes, if: condition) }
    }

    func get(_ key: ObjectKey, range: ByteRange?) async throws(ObjectStoreError) -> ObjectBody {
        try await call { try await store.get(key, range: range) }
    }

    func head(_ key: ObjectKey) async throws(ObjectStoreError) -> ObjectInfo {
        try await call { try await store.head(key) }
    }

    func delete(_ key: ObjectKey) async throws(ObjectStoreError) {
        try await call { try await store.delete(key) }
    }

    func list(prefix: String, after last: ObjectKey?, limit: Int) async throws(ObjectStoreError) -> ObjectPage {
        try await call { try await store.list(prefix: prefix, after: last, limit: limit) }
    }

    func copy(
        _ source: ObjectKey, to target: ObjectKey, if condition: WriteCondition
    ) async throws(ObjectStoreError) -> ObjectInfo {
        try await call { try await store.copy(source, to: target, if: condition) }
    }

    var partSizes: ClosedRange<Int> { store.partSizes }

    func beginUpload(
        at key: ObjectKey, _ attributes: ObjectAttributes
    ) async throws(ObjectStoreError) -> MultipartUpload {
        try await call { try await store.beginUpload(at: key, attributes) }
    }

    func uploadPart(
        _ number: Int, _ bytes: [UInt8], of upload: MultipartUpload
    ) async throws(ObjectStoreError) -> UploadedPart {
        try await call { try await store.uploadPart(number, bytes, of: upload) }
    }

    func parts(of upload: MultipartUpload) async throws(ObjectStoreError) -> [UploadedPart] {
        try await call { try await store.parts(of: upload) }
    }

    func complete(
        _ upload: MultipartUpload, _ parts: [UploadedPart]
    ) async throws(ObjectStoreError) -> ObjectInfo {
        try await call { try await store.complete(upload, parts) }
    }

    func abort(_ upload: MultipartUpload) async throws(ObjectStoreError) {
        try await call { try await store.abort(upload) }
    }

    func uploads(prefix: String) async throws(ObjectStoreError) -> [MultipartUpload] {
        try await call { try await store.uploads(prefix: prefix) }
    }

    func presign(
        _ access: PresignedAccess, to key: ObjectKey, expiresIn duration: Duration
    ) async throws(ObjectStoreError) -> PresignedRequest {
        try await call { try await store.presign(access, to: key, expiresIn: duration) }
    }

    func presign(
        part number: Int, size: Int, of upload: MultipartUpload, expiresIn duration: Duration
    ) async throws(ObjectStoreError) -> PresignedRequest {
        try await call { try await store.presign(part: number, size: size, of: upload, expiresIn: duration) }
    }
}
