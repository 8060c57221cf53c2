import Auth
import Foundation
import FreshDatabases
import Storage
import StorageTestKit
import Testing

@testable import WaxwingService

/// The keys of one installation, on a database that vanishes with the test.
struct KeyDesk {
    let clock = ManualClock()
    let database: any Database
    let secrets: Keys
    let keys: IdempotencyKeys
    let ada = IdempotencyScope.account(.random())

    init(pause: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }) async throws {
        database = try await FreshDatabase.make()
        try await database.migrate([IdempotencyKeys.migrations], at: clock.now())
        secrets = try .random(clock: clock)
        keys = IdempotencyKeys(database, keys: secrets, clock: clock, pause: pause)
    }

    func claim(
        _ key: String = "a", of scope: IdempotencyScope? = nil, for request: RequestFingerprint = .upload
    ) async throws -> IdempotencyClaim {
        try await keys.claim(IdempotencyKey(key), of: scope ?? ada, for: request)
    }

    /// The ticket of a claim that is to be run.
    func ticket(
        _ key: String = "a", of scope: IdempotencyScope? = nil, for request: RequestFingerprint = .upload
    ) async throws -> IdempotencyTicket {
        guard case .run(let ticket) = try await claim(key, of: scope, for: request) else { throw WrongClaim() }
        return ticket
    }

    func replayed(_ key: String = "a", for request: RequestFingerprint = .upload) async throws -> KeptAnswer? {
        guard case .replay(let answer, _) = try await claim(key, for: request) else { return nil }
        return answer
    }

    func count() async throws -> Int {
        try await database.read { try $0.row("SELECT COUNT(*) AS n FROM idempotency_keys")?.get("n") ?? 0 }
    }

    struct WrongClaim: Error {}
}

extension RequestFingerprint {
    static let upload = request()

    static func request(
        _ method: String = "POST", _ path: String = "/api/upload", body: String? = "loop"
    ) -> RequestFingerprint {
        RequestFingerprint([method, path], body: body.map(BodyFingerprint.init(of:)))
    }
}

extension BodyFingerprint {
    init(of text: String) {
        self.init(length: text.utf8.count, digest: Array(text.utf8))
    }
}

extension KeptAnswer {
    static let created = KeptAnswer(
        status: 201, fields: [.init("Content-Type", "application/json"), .init("Set-Cookie", "a=1")],
        body: Array(#"{"key": "wx_secret"}"#.utf8))
}

@Suite struct IdempotencyKeysTests {
    @Test func `a repeat gets the status, the fields and the bytes of the first answer`() async throws {
        let desk = try await KeyDesk()
        try await desk.keys.finish(desk.ticket(), .created)
        for _ in 1...2 { #expect(try await desk.replayed() == .created) }
    }

    @Test func `while the first request runs, a repeat is to come again`() async throws {
        let desk = try await KeyDesk()
        _ = try await desk.ticket()
        await #expect(throws: IdempotencyRefusal.running(retryAfter: .seconds(1))) { try await desk.claim() }
    }

    @Test(arguments: [
        RequestFingerprint.request("PUT"), .request("POST", "/api/process"), .request(body: "another"),
    ])
    func `a key is good for one request, whether it still runs or is done`(other: RequestFingerprint) async throws {
        let desk = try await KeyDesk()
        let ticket = try await desk.ticket()
        await #expect(throws: IdempotencyRefusal.otherRequest) { try await desk.claim(for: other) }
        try await desk.keys.finish(ticket, .created)
        await #expect(throws: IdempotencyRefusal.otherRequest) { try await desk.claim(for: other) }
    }

    @Test func `accounts and addresses have keys of their own`() async throws {
        let desk = try await KeyDesk()
        try await desk.keys.finish(desk.ticket(), .created)
        let others: [IdempotencyScope] = [.account(.random()), .address("192.0.2.1"), .address("192.0.2.2")]
        for other in others { _ = try await desk.ticket(of: other) }
        #expect(try await desk.count() == 4)
    }

    @Test func `after 24 hours a key is new, before them it is not`() async throws {
        let desk = try await KeyDesk()
        try await desk.keys.finish(desk.ticket(), .created)
        desk.clock.advance(by: .seconds(24 * 3600 - 1))
        #expect(try await desk.replayed() == .created)
        desk.clock.advance(by: .seconds(1))
        try await desk.keys.finish(desk.ticket(for: .request("DELETE", body: nil)), .created)
    }

    @Test func `upkeep removes what has expired and nothing else`() async throws {
        let desk = try await KeyDesk()
        try await desk.keys.finish(desk.ticket("old"), .created)
        desk.clock.advance(by: .seconds(3600))
        try await desk.keys.finish(desk.ticket("new"), .created)
        desk.clock.advance(by: .seconds(23 * 3600))
        #expect(try await desk.keys.removeExpired() == 1)
        #expect(try await desk.replayed("new") == .created)
        #expect(try await desk.count() == 1)
    }

    @Test func `many answers are forgotten a few at a time`() async throws {
        let desk = try await KeyDesk()
        for number in 1...5 {
            try await desk.keys.finish(desk.ticket("key-\(number)"), .created)
        }
        desk.clock.advance(by: .seconds(24 * 3600))
        #expect(try await desk.keys.removeExpired(atMost: 2) == 5)
        #expect(try await desk.count() == 0)
    }

    @Test func `an answer that was too long to keep is not made again`() async throws {
        let desk = try await KeyDesk()
        try await desk.keys.finish(desk.ticket(), nil)
        await #expect(throws: IdempotencyRefusal.noAnswer) { try await desk.claim() }
    }

    @Test func `a request that came to nothing is run at once when it comes again`() async throws {
        let desk = try await KeyDesk()
        try await desk.keys.abandon(desk.ticket())
        #expect(try await desk.count() == 0)
        _ = try await desk.ticket(for: .request(body: "another"))
    }

    @Test func `of many who come at once, one runs`() async throws {
        let desk = try await KeyDesk()
        let isMine = await withTaskGroup(of: Bool.self) { group in
            for _ in 1...100 {
                group.addTask {
                    do {
                        _ = try await desk.ticket()
                        return true
                    } catch {
                        #expect(error as? IdempotencyRefusal == .running(retryAfter: .seconds(1)))
                        return false
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(isMine.count { $0 } == 1)
    }

    @Test(arguments: ["a", "8e03978e-40d5-43dd-bc93-6894a57f9324", #""quoted""#, String(repeating: "~", count: 255)])
    func `a key is visible ASCII`(text: String) throws {
        #expect(try IdempotencyKey(text).text == text)
    }

    @Test(arguments: ["", " ", "a b", "a\u{7F}", "ä", "a\r\nb", "a, b", String(repeating: "a", count: 256)])
    func `what is empty, long, blank or not ASCII is no key`(text: String) {
        #expect(throws: IdempotencyRefusal.malformed) { try IdempotencyKey(text) }
    }

    @Test(arguments: [200, 201, 400, 403, 404, 409, 413, 415, 422, 500, 502])
    func `what follows from a request is kept, and a failure after which nobody knows`(status: Int) {
        #expect(KeptAnswer.isKept(status: status))
    }

    @Test(arguments: [401, 408, 429, 503])
    func `who is to come again gets no kept answer`(status: Int) {
        #expect(!KeptAnswer.isKept(status: status))
    }
}
