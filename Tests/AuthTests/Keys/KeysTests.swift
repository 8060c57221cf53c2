import Storage
import StorageTestKit
import Synchronization
import Testing

@testable import Auth

/// A store that can be out of order, and counts how often it is asked.
final class ScriptedKeyStore: KeyStore {
    struct Broken: Error, CustomStringConvertible {
        let description: String
    }

    private let store: any KeyStore
    private let state = Mutex<(loads: Int, fault: String?)>((0, nil))

    init(_ ring: KeyRing) {
        store = MemoryKeyStore(ring)
    }

    var loads: Int { state.withLock { $0.loads } }

    /// Nil when it works.
    func fail(_ fault: String?) {
        state.withLock { $0.fault = fault }
    }

    func loadOrCreate(at now: Timestamp) async throws -> KeyRing { try await load() }

    func load() async throws -> KeyRing {
        let fault = state.withLock { state in
            state.loads += 1
            return state.fault
        }
        // Others come meanwhile, as they do when a database answers.
        await Task.yield()
        if let fault { throw Broken(description: fault) }
        return try await store.load()
    }

    func update(_ change: @escaping @Sendable (KeyRing) throws -> KeyRing) async throws -> KeyRing {
        try await store.update(change)
    }
}

@Suite struct KeysTests {
    private let clock = ManualClock()
    private let store: ScriptedKeyStore
    private let keys: Keys
    private let tokens: AccessTokens
    private let session: Session
    private let told = Told()

    private final class Told: Sendable {
        private let list = Mutex<[String]>([])
        var all: [String] { list.withLock { $0 } }
        func add(_ text: String) { list.withLock { $0.append(text) } }
    }

    init() throws {
        let (clock, told, ring) = (clock, told, try KeyRing.random(at: clock.now()))
        store = ScriptedKeyStore(ring)
        keys = try Keys(ring, from: store, clock: clock) { told.add($0) }
        tokens = AccessTokens(keys: keys, clock: clock)
        session = Session(
            id: .random(), user: .random(), createdAt: clock.now(), expiresAt: clock.now() + Sessions.standardLife)
    }

    @Test func `a rotated key signs on a running server, a minute after the server could know it`() async throws {
        let before = keys.keySet.signing.id
        _ = try await store.rotate(.signing, at: clock.now())
        await keys.reload()
        #expect(keys.keySet.signing.id == before)
        clock.advance(by: KeySuccession.propagation)
        #expect(keys.keySet.signing.id != before)
    }

    @Test func `a ring that cannot be loaded leaves the last one, and is told of once until it changes`() async throws {
        let good = keys.ring
        store.fail("the disk is gone")
        for _ in 0..<3 { await keys.reload() }
        #expect(keys.ring == good && keys.problem == "the disk is gone")
        store.fail("the disk is slow")
        await keys.reload()
        #expect(told.all.count == 2)
        #expect(told.all.first == "the keys were not loaded, so the last ones go on: the disk is gone")
        #expect(throws: Never.self) { try tokens.verify(tokens.issue(for: session)) }
        store.fail(nil)
        await keys.reload()
        #expect(keys.problem == nil)
        store.fail("the disk is slow")
        await keys.reload()
        #expect(told.all.count == 3)
    }

    @Test func `a server loads the ring every ten seconds, until it is told to stop`() async throws {
        let pauses = Mutex(0)
        let task = Task {
            await keys.run { duration in
                #expect(duration == .seconds(10))
                if pauses.withLock({
                    $0 += 1; return $0
                }) > 5 {
                    throw CancellationError()
                }
            }
        }
        await task.value
        #expect(store.loads == 5)
    }

    @Test func `a server that is told to stop stops`() async {
        // It would wait for days.
        let task = Task { await keys.run { try await Task.sleep(for: $0 * 100_000) } }
        task.cancel()
        await task.value
        #expect(store.loads == 0)
    }

    @Test func `a token of a key that another server knows is let through by a look at the ring`() async throws {
        _ = try await store.rotate(.signing, .immediate, at: clock.now())
        let other = AccessTokens(keys: try Keys(await store.load(), from: store, clock: clock), clock: clock)
        let token = try other.issue(for: session)
        #expect(throws: TokenFlaw.unknownKey) { try tokens.verify(token) }
        #expect(try await tokens.verifyByNewestKeys(token).session == session.id)
    }

    @Test func `of many who ask for a new key at once, all get it by one load`() async throws {
        _ = try await store.rotate(.signing, .immediate, at: clock.now())
        let other = AccessTokens(keys: try Keys(await store.load(), from: store, clock: clock), clock: clock)
        let (token, before) = (try other.issue(for: session), store.loads)
        let good = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<200 {
                group.addTask { [tokens] in (try? await tokens.verifyByNewestKeys(token)) != nil }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(good == 200 && store.loads == before + 1)
    }

    @Test func `a storm of invented names costs one load a second`() async throws {
        for second in 1...3 {
            await withTaskGroup { group in
                for _ in 0..<20 {
                    group.addTask { [tokens, session] in
                        for _ in 0..<100 {
                            let forged = try? CompactJWS.sign([], type: "JWT", with: .random(.hs256))
                            await #expect(throws: TokenFlaw.unknownKey) {
                                try await tokens.verifyByNewestKeys(forged ?? "")
                            }
                        }
                        #expect(throws: Never.self) { try tokens.verify(tokens.issue(for: session)) }
                    }
                }
            }
            #expect(store.loads == second)
            clock.advance(by: Keys.cooldown)
        }
    }

    @Test func `a name that is none of ours, or none at all, costs nothing`() async throws {
        let header = Base64URL.encode(Array(#"{"alg":"HS256","typ":"JWT"}"#.utf8))
        let long = Base64URL.encode(Array(#"{"alg":"HS256","kid":"\#(String(repeating: "a", count: 65))"}"#.utf8))
        for token in ["\(header).e30.AA", "\(long).e30.AA", "", "a.b.c"] {
            await #expect(throws: TokenFlaw.self) { try await tokens.verifyByNewestKeys(token) }
        }
        #expect(store.loads == 0)
    }

    @Test func `a clock that was set back does not stop the looking`() async throws {
        await keys.look(for: "one")
        clock.advance(by: .seconds(-3600))
        await keys.look(for: "two")
        #expect(store.loads == 2)
    }

    @Test func `an operator's secret signs and checks alone, is named alike everywhere, and is not rotated by us`()
        async throws
    {
        let secret = Secret.random()
        func server() throws -> Keys {
            try Keys(.random(at: clock.now()), from: store, signingSecret: secret, clock: clock)
        }
        let (one, two) = (try server(), try server())
        let token = try AccessTokens(keys: one, clock: clock).issue(for: session)
        #expect(try AccessTokens(keys: two, clock: clock).verify(token).session == session.id)
        #expect(one.keySet.signing.algorithm == .hs256 && one.keySet.published == Array(#"{"keys":[]}"#.utf8))
        #expect(!"\(one.keySet.signing.id)".contains(Base64URL.encode(Array(secret.bytes.prefix(6)))))
        let own = try tokens.issue(for: session)
        await #expect(throws: TokenFlaw.unknownKey) {
            try await AccessTokens(keys: one, clock: clock).verifyByNewestKeys(own)
        }
        #expect(store.loads == 0, "it is in no ring")
        await #expect(throws: KeyRotationError.operatorsKey) { try await one.rotate(.signing) }
        try await one.rotate(.link)
    }

    @Test(arguments: [0, 1, 31]) func `an operator's secret of fewer than 32 bytes is refused`(count: Int) throws {
        #expect(throws: SigningKeyError.weakSecret(bytes: count)) {
            try Keys(keys.ring, from: store, signingSecret: .random(count: count))
        }
    }

    @Test func `each receiver of webhooks has secrets of its own, and knows the last one for a day`() async throws {
        let (ada, grace) = (keys.webhookSecrets(named: "ada"), keys.webhookSecrets(named: "grace"))
        #expect(ada.count == 1 && ada != grace && ada[0].bytes.count == 32)
        #expect(keys.webhookSecrets(named: "ada") == ada)
        #expect(ada[0] != keys.secrets(for: .webhook)[0].secret)
        try await keys.rotate(.webhook)
        #expect(keys.webhookSecrets(named: "ada") == ada, "nobody can know the next one yet")
        clock.advance(by: KeySuccession.propagation)
        let both = keys.webhookSecrets(named: "ada")
        #expect(both.count == 2 && both[1] == ada[0] && both[0] != ada[0])
        clock.advance(by: KeyUse.webhook.overlap)
        #expect(keys.webhookSecrets(named: "ada") == [both[0]])
    }

    @Test func `every server publishes the same keys, and never a secret one`() async throws {
        try await keys.rotate(.signing, to: .hs256)
        try await keys.rotate(.signing, to: .eddsa)
        let set = try #require(JSONWebKeySet(tokens.published))
        #expect(set.keys.map(\.algorithm) == [.eddsa, .es256] && set.flaws.isEmpty)
    }
}
