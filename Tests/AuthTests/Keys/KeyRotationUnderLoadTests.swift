import Foundation
import FreshDatabases
import Storage
import StorageTestKit
import Testing

@testable import Auth

/// Two servers on one store, and an operator who rotates while both are busy. `WAXWING_ROUNDS=15` makes a thousand
/// rotations.
@Suite(.timeLimit(.minutes(Rounds.minutes))) struct KeyRotationUnderLoadTests {
    private static let secret = Secret(Array("a secret of tests, and long enough".utf8))

    enum Kind: CaseIterable {
        case file, database
    }

    private let clock = ManualClock()

    private func store(_ kind: Kind, in folder: TemporaryFolder) async throws -> any KeyStore {
        switch kind {
        case .file: return KeyFile("\(folder.path)/keys.json")
        case .database:
            let database = try await FreshDatabase.make()
            try await database.migrate([AuthSchema.migrations], at: clock.now())
            return SealedKeys(database, openedBy: Self.secret)
        }
    }

    @Test(arguments: Kind.allCases)
    func `no good request fails while keys rotate`(_ kind: Kind) async throws {
        var (rotations, checks) = (0, 0)
        for _ in 0..<Rounds.count(1) {
            let round = try await busyHour(kind)
            (rotations, checks) = (rotations + round.rotations, checks + round.checks)
        }
        #expect(rotations == 35 * Rounds.count(1))
        Rounds.report("keys in a \(kind): \(rotations) rotations, \(checks) tokens and links checked")
    }

    /// Time goes on in steps shorter than that of the loads. In each step both servers sign and check what the other signed,
    /// while one of them loads the ring and every minute a key is rotated; now and then all that still lives is checked.
    private func busyHour(_ kind: Kind) async throws -> (rotations: Int, checks: Int) {
        let folder = try TemporaryFolder()
        let store = try await store(kind, in: folder)
        let ring = try await store.loadOrCreate(at: clock.now())
        let servers = [try BusyServer(ring, store, clock), try BusyServer(ring, store, clock)]
        var living: [BusyServer.Signed] = []
        var (rotations, checks) = (0, 0)
        for step in 0..<240 {
            clock.advance(by: .seconds(9))
            async let rotated = step % 7 == 0 ? rotate(store, step / 7) : nil
            async let loaded: Void = servers[step % 2].keys.reload()
            let fresh = try await withThrowingTaskGroup(of: BusyServer.Signed.self) { group in
                for number in 0..<8 { group.addTask { try servers[number % 2].sign() } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            living = living.filter { $0.tokenEnds > clock.now() } + fresh.prefix(2)
            let toCheck = step % 12 == 0 ? living + fresh : fresh
            let failures = await withTaskGroup(of: [String].self) { group in
                for server in servers { group.addTask { await server.failures(of: toCheck) } }
                return await group.reduce(into: []) { $0 += $1 }
            }
            #expect(failures.isEmpty, "step \(step): \(failures.prefix(3))")
            checks += toCheck.count * 2 * servers.count
            await loaded
            if try await rotated != nil { rotations += 1 }
        }
        #expect(servers.allSatisfy { $0.keys.problem == nil && $0.keys.ring[.signing].all.count > 1 })
        return (rotations, checks)
    }

    /// The uses by turns, and signing keys of one algorithm after another.
    private func rotate(_ store: any KeyStore, _ turn: Int) async throws -> KeyRing? {
        let algorithm: SignatureAlgorithm? = turn % 4 == 0 ? [.hs256, .eddsa, .es256][turn / 4 % 3] : nil
        return try await store.rotate(KeyUse.allCases[turn % 4], to: algorithm, at: clock.now())
    }

    @Test(arguments: Kind.allCases)
    func `what a leaked key signed is refused as soon as a server has loaded the ring, and new ones are good at once`(
        _ kind: Kind
    ) async throws {
        let folder = try TemporaryFolder()
        let store = try await store(kind, in: folder)
        let ring = try await store.loadOrCreate(at: clock.now())
        let (one, two) = (try BusyServer(ring, store, clock), try BusyServer(ring, store, clock))
        let old = try one.sign()
        for use in KeyUse.allCases { _ = try await store.rotate(use, .immediate, at: clock.now()) }
        await one.keys.reload()
        #expect(await one.failures(of: [old]).count == 2)
        let fresh = try one.sign()
        #expect(await two.failures(of: [old]).isEmpty, "it has not heard of it")
        #expect(try await two.tokens.verifyByNewestKeys(fresh.token).session == fresh.session)
        #expect(await two.failures(of: [fresh]).isEmpty, "the look brought all keys")
        #expect(await two.failures(of: [old]).count == 2)
    }

    @Test func `while the store is out of order both servers go on, and rotate again after it`() async throws {
        let ring = try KeyRing.random(at: clock.now())
        let store = ScriptedKeyStore(ring)
        let servers = [try BusyServer(ring, store, clock), try BusyServer(ring, store, clock)]
        store.fail("no answer")
        for _ in 0..<100 {
            clock.advance(by: .seconds(10))
            for server in servers { await server.keys.reload() }
            let signed = try servers.map { try $0.sign() }
            for server in servers { #expect(await server.failures(of: signed).isEmpty) }
        }
        store.fail(nil)
        _ = try await store.rotate(.signing, at: clock.now())
        for server in servers { await server.keys.reload() }
        clock.advance(by: KeySuccession.propagation)
        let signed = try servers.map { try $0.sign() }
        #expect(servers[0].keys.keySet.signing.id == servers[1].keys.keySet.signing.id)
        #expect(servers[0].keys.keySet.signing.id != ring[.signing].newest.id)
        for server in servers { #expect(await server.failures(of: signed).isEmpty) }
    }

    /// A child that one server made is found by the other, whichever keys they know.
    @Test func `clients refresh through both servers while refresh keys rotate`() async throws {
        let house = try await House()
        let store = SealedKeys(house.database, openedBy: Self.secret)
        let ring = try await store.loadOrCreate(at: house.clock.now())
        let keys = [try Keys(ring, from: store, clock: house.clock), try Keys(ring, from: store, clock: house.clock)]
        let servers = keys.map { RefreshTokens(house.database, sessions: house.sessions, keys: $0) }
        let session = try await house.start()
        var token = try await house.database.write { try servers[0].start(for: session, in: $0).token }
        for step in 0..<60 {
            house.clock.advance(by: .seconds(20))
            if step % 5 == 0 { _ = try? await store.rotate(.refresh, at: house.clock.now()) }
            await keys[step % 2].reload()
            let spent = token
            token = try await servers[step % 2].refresh(spent).token
            // The answer was lost, and the next key may have begun to sign before the client asks again.
            house.clock.advance(by: .seconds(25))
            await keys[1 - step % 2].reload()
            #expect(try await servers[1 - step % 2].refresh(spent).token == token)
        }
    }
}

/// Signs and checks with the keys of the moment.
private struct BusyServer {
    struct Signed {
        let token: String
        let session: Identifier<Session>
        let tokenEnds: Timestamp
        let link: String
    }

    let keys: Keys
    let tokens: AccessTokens
    private let links: SignedLinks
    private let clock: ManualClock

    init(_ ring: KeyRing, _ store: any KeyStore, _ clock: ManualClock) throws {
        let keys = try Keys(ring, from: store, clock: clock)
        tokens = AccessTokens(keys: keys, clock: clock)
        links = try SignedLinks(base: "http://127.0.0.1/objects") { keys.secrets(for: .link).map(\.secret.bytes) }
        (self.keys, self.clock) = (keys, clock)
    }

    func sign() throws -> Signed {
        let now = clock.now()
        let session = Session(id: .random(), user: .random(), createdAt: now, expiresAt: now + Sessions.standardLife)
        let link = try links.link(
            to: ObjectKey("a/b.wav"), .read(downloadName: nil), expiresIn: .seconds(604_800), at: now)
        return Signed(
            token: try tokens.issue(for: session), session: session.id,
            tokenEnds: AccessTokens.expiry(for: session, at: now), link: link.url)
    }

    /// As it is known without another look at the ring.
    func failures(of signed: [Signed]) async -> [String] {
        var failures: [String] = []
        for one in signed {
            do {
                guard try tokens.verify(one.token).session == one.session else { throw TokenFlaw.subject }
            } catch {
                failures.append("token: \(error)")
            }
            do {
                let parts = one.link.dropFirst("http://127.0.0.1".count).split(separator: "?").map(String.init)
                _ = try links.check(
                    LinkRequest(method: "GET", path: parts[0], query: parts[1], length: nil, contentType: nil),
                    at: clock.now())
            } catch {
                failures.append("link: \(error)")
            }
        }
        return failures
    }
}
