import Storage
import StorageTestKit
import Testing

@testable import Auth

@Suite struct KeySourceTests {
    private let clock = ManualClock()
    private let (old, new): (VerificationKey, VerificationKey)
    private let issuer: ScriptedFetcher
    private let source: KeySource

    init() throws {
        (old, new) = (try SigningKey.random(.es256, id: "old").verification, try .random(.eddsa, id: "new"))
        let issuer = ScriptedFetcher([old])
        self.issuer = issuer
        source = KeySource(clock: clock) { try await issuer.keySet(at: "keys", upTo: JSONWebKeySet.longest) }
    }

    private func knows(_ name: String) async throws -> Bool {
        try await source.key(named: name) != nil
    }

    @Test func `keys are fetched when they are first asked for, and then kept`() async throws {
        #expect(issuer.fetches == 0)
        for _ in 0..<10 { #expect(try await knows("old")) }
        #expect(issuer.fetches == 1)
    }

    @Test func `a new key is found at once, if the last fetch is a minute ago`() async throws {
        #expect(try await knows("old"))
        issuer.answer([new, old])
        clock.advance(by: .seconds(59))
        #expect(try await !knows("new"))
        #expect(issuer.fetches == 1)
        clock.advance(by: .seconds(1))
        #expect(try await knows("new"))
        #expect(try await knows("old"))
        #expect(issuer.fetches == 2)
    }

    @Test func `an only key needs no name, until there are two`() async throws {
        #expect(try await source.onlyKey()?.id == "old")
        issuer.answer([new])
        #expect(try await source.onlyKey(isStale: true)?.id == "old", "within the minute nothing is fetched")
        clock.advance(by: KeySource.cooldown)
        #expect(try await source.onlyKey()?.id == "old")
        #expect(try await source.onlyKey(isStale: true)?.id == "new")
        issuer.answer([new, old])
        clock.advance(by: KeySource.cooldown)
        #expect(try await source.onlyKey(isStale: true) == nil)
        #expect(issuer.fetches == 3)
    }

    @Test func `a storm of 100,000 unknown names costs one fetch a minute`() async throws {
        #expect(try await knows("old"))
        for minute in 1...4 {
            clock.advance(by: .seconds(60))
            await withTaskGroup { group in
                for name in 0..<25_000 { group.addTask { _ = try? await source.key(named: "\(name)") } }
            }
            #expect(issuer.fetches == 1 + minute)
        }
    }

    @Test func `a storm on an issuer that is down costs one fetch a minute, too`() async throws {
        issuer.answer(nil)
        for minute in 1...3 {
            for name in 0..<100 {
                await #expect(throws: KeySourceError.self) { try await source.key(named: "\(name)") }
            }
            #expect(issuer.fetches == minute)
            clock.advance(by: .seconds(60))
        }
    }

    @Test func `many who ask at once wait for one fetch`() async throws {
        issuer.hold()
        let found = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<200 { group.addTask { (try? await source.key(named: "old")) != nil } }
            // All that can be is that they have started; who comes later finds the key.
            while issuer.fetches == 0 { await Task.yield() }
            issuer.release()
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(found == 200 && issuer.fetches == 1)
    }

    @Test func `somebody who stops waiting does not stop the others`() async throws {
        issuer.hold()
        let impatient = Task { try await source.key(named: "old") }
        while issuer.fetches == 0 { await Task.yield() }
        let patient = Task { try await source.key(named: "old") }
        impatient.cancel()
        issuer.release()
        #expect(try await patient.value != nil)
    }

    @Test func `while the issuer is down, known keys go on for days, at a fetch an hour that nobody waits for`()
        async throws
    {
        #expect(try await knows("old"))
        issuer.answer(nil)
        for hour in 1...72 {
            clock.advance(by: KeySource.life)
            issuer.hold()
            #expect(try await knows("old"))
            issuer.release()
            await source.settle()
            #expect(issuer.fetches == 1 + hour)
        }
        #expect(await source.lastFailure == "connection refused")
        issuer.answer([new])
        clock.advance(by: KeySource.cooldown)
        #expect(try await knows("new"))
        #expect(await source.lastFailure == nil)
    }

    @Test func `a key that its issuer has withdrawn is gone within the hour`() async throws {
        #expect(try await knows("old"))
        issuer.answer([new])
        clock.advance(by: KeySource.life - .seconds(1))
        #expect(try await knows("old"))
        clock.advance(by: .seconds(1))
        #expect(try await knows("old"))
        await source.settle()
        #expect(try await !knows("old"))
        #expect(try await knows("new"))
    }

    @Test(arguments: ["", "<html>502</html>", #"{"keys":[]}"#, #"{"keys":[{"kty":"oct","kid":"old","k":"AAAA"}]}"#])
    func `an answer without keys does not replace good ones`(answer: String) async throws {
        #expect(try await knows("old"))
        issuer.answer(Array(answer.utf8))
        clock.advance(by: .seconds(60))
        #expect(try await !knows("new"))
        #expect(issuer.fetches == 2)
        #expect(try await knows("old"))
        #expect(await source.lastFailure != nil)
    }

    @Test func `before the first answer nobody is told that a key is unknown`() async throws {
        issuer.answer(nil)
        await #expect(throws: KeySourceError.unavailable(reason: "connection refused")) {
            try await source.key(named: "old")
        }
        issuer.answer([old])
        clock.advance(by: .seconds(60))
        #expect(try await knows("old"))
    }

    @Test func `a clock that is set back does not stop fetching`() async throws {
        #expect(try await knows("old"))
        clock.advance(by: .seconds(-3600))
        issuer.answer([new])
        #expect(try await knows("new"))
        #expect(try await !knows("other"))
        #expect(issuer.fetches == 2)
    }
}

extension VerificationKey {
    fileprivate static func random(_ algorithm: SignatureAlgorithm, id: String) throws -> VerificationKey {
        try SigningKey.random(algorithm, id: id).verification
    }
}
