import Storage
import StorageTestKit
import Testing

@testable import Auth

/// Ten thousand tries, on a clock that a test moves.
@Suite struct BruteForceTests {
    private let clock = ManualClock()
    private let ada: EmailAddress
    private let attempts: PasswordAttempts
    /// What strangers may try at once: 30, and 5 of the reserve.
    private let most = 35

    init() throws {
        ada = try EmailAddress("ada@example.com")
        attempts = PasswordAttempts(RateLimiter(MemoryKeyValueStore(clock: clock), clock: clock))
    }

    @Test func `of 10,000 wrong logins to one account from as many addresses, 35 passwords are checked`() async throws {
        let house = try await House(
            perAccount: PasswordAttempts.standardPerAccount, perAddress: PasswordAttempts.standardPerAddress,
            strangers: PasswordAttempts.standardStrangers)
        try await house.register("ada@example.com")
        _ = try await house.login("ada@example.com", from: "192.0.2.1")
        var (checked, refused) = (0, 0)
        for number in 0..<10_000 {
            do {
                _ = try await house.login("ada@example.com", password: "wrong horse \(number)", from: address(number))
            } catch .wrongCredentials {
                checked += 1
            } catch .tooManyAttempts(let wait) {
                refused += 1
                #expect(wait > .zero && wait <= .seconds(3600))
            }
        }
        // The sign-in above came from an address not known yet, and took one of the strangers' tries.
        #expect(checked == most - 1 && refused == 10_000 - checked)
        _ = try await house.login("ada@example.com", from: "192.0.2.1")
        house.clock.advance(by: .seconds(3600))
        _ = try await house.login("ada@example.com", from: "203.0.113.9")
    }

    @Test func `of 10,000 wrong logins from one address to as many accounts, 100 passwords are checked`() async throws {
        let house = try await House(
            perAccount: PasswordAttempts.standardPerAccount, perAddress: PasswordAttempts.standardPerAddress,
            strangers: PasswordAttempts.standardStrangers)
        try await house.register("ada@example.com")
        var checked = 0
        for number in 0..<10_000 {
            do {
                _ = try await house.login("user\(number)@example.com", from: "198.51.100.7")
            } catch .wrongCredentials {
                checked += 1
            } catch .tooManyAttempts(let wait) {
                #expect(wait > .zero && wait <= .seconds(900))
            }
        }
        #expect(checked == 100)
        _ = try await house.login("ada@example.com", from: "192.0.2.1")
    }

    @Test func `of 10,000 tries at one account from one address, 10 are checked`() async {
        #expect(await tries(10_000) { _ in "198.51.100.7" } == 10)
        #expect(await isLetIn(from: "203.0.113.9"))
    }

    @Test func `of 1,000 tries at once from as many addresses, no more pass than one after another`() async {
        let passed = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<1_000 { group.addTask { await isLetIn(from: address(number)) } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect((30...most).contains(passed))
    }

    @Test func `an address from which the user signed in within 30 days is never shut out by others`() async {
        await attempts.remember(ada, from: "192.0.2.1")
        for day in 0..<29 {
            _ = await tries(200) { address(day * 200 + $0) }
            #expect(await isLetIn(from: "192.0.2.1"))
            clock.advance(by: .seconds(86_400))
        }
        clock.advance(by: .seconds(86_400))
        _ = await tries(200) { address($0) }
        #expect(await !isLetIn(from: "192.0.2.1"))
    }

    @Test func `a known address is still bounded, and known for one account only`() async throws {
        await attempts.remember(ada, from: "192.0.2.1")
        #expect(await tries(100) { _ in "192.0.2.1" } == 10)
        let grace = try EmailAddress("grace@example.com")
        for number in 0..<100 { try? await attempts.count(account: grace, from: address(number)) }
        await #expect(throws: AuthError.self) { try await attempts.count(account: grace, from: "192.0.2.1") }
    }

    @Test func `under a lasting attack from 30 addresses a new network of the user gets in`() async {
        // A try every 4 s for 40,000 s: by then each of them has had its share of the reserve.
        var passed = 0
        for number in 0..<10_000 {
            if await isLetIn(from: address(number % 30)) { passed += 1 }
            clock.advance(by: .seconds(4))
        }
        // What strangers may in 12 hours, and three of the reserve for each address.
        #expect(passed <= 12 * 30 + 90)
        for _ in 0..<3 { #expect(await isLetIn(from: "203.0.113.9")) }
    }

    @Test func `a store that is down opens no door, and closes none`() async {
        let attempts = PasswordAttempts(RateLimiter(DownKeyValueStore(), clock: clock))
        var passed = 0
        for _ in 0..<10_000 where (try? await attempts.count(account: ada, from: "198.51.100.7")) != nil { passed += 1 }
        #expect(passed == 10)
        #expect((try? await attempts.count(account: ada, from: "192.0.2.1")) != nil)
        await attempts.remember(ada, from: "192.0.2.1")
    }

    /// How many of so many tries at the account are let through to the password check.
    private func tries(_ count: Int, from address: (Int) -> String) async -> Int {
        var passed = 0
        for number in 0..<count where await isLetIn(from: address(number)) { passed += 1 }
        return passed
    }

    private func isLetIn(from address: String) async -> Bool {
        (try? await attempts.count(account: ada, from: address)) != nil
    }

    private func address(_ number: Int) -> String { "10.\(number / 65_536).\(number / 256 % 256).\(number % 256)" }
}
