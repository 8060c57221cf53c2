import Storage
import StorageTestKit
import Testing

@testable import Auth

@Suite struct DevelopmentBypassTests {
    private func connection(
        _ address: String = "127.0.0.1", host: String? = "localhost:8080", forwarded: Bool = false
    ) -> ClientConnection {
        ClientConnection(address: address, host: host, isForwarded: forwarded)
    }

    private func bypass(_ house: House) throws -> DevelopmentBypass {
        DevelopmentBypass(
            house.database, permit: try DevelopmentPermit(environment: "development", listeningOn: ["127.0.0.1"]),
            identities: Identities(house.database, clock: house.clock), clock: house.clock)
    }

    @Test func `it stops the start outside development, and where others reach the server`() throws {
        for environment in [nil, "", "production", "Development", "dev", "staging"] {
            #expect(throws: DevelopmentBypassError.notInDevelopment) {
                try DevelopmentPermit(environment: environment, listeningOn: ["127.0.0.1"])
            }
        }
        for addresses in [[], ["0.0.0.0"], ["::"], ["127.0.0.1", "192.0.2.1"], [""], ["example.com"], ["*"]] {
            #expect(throws: DevelopmentBypassError.notOnLoopback) {
                try DevelopmentPermit(environment: "development", listeningOn: addresses)
            }
        }
        _ = try DevelopmentPermit(environment: "development", listeningOn: ["127.0.0.1", "::1", "localhost"])
    }

    @Test func `every request of this machine is one developer's`() async throws {
        let house = try await House()
        let bypass = try bypass(house)
        var users: Set<AccountID> = []
        for (address, host) in [
            ("127.0.0.1", "localhost"), ("127.8.8.8", "127.0.0.1:8080"), ("::1", "[::1]:8080"),
            ("::ffff:127.0.0.1", "LOCALHOST:8080"),
        ] {
            let credentials = Credentials(connection: connection(address, host: host))
            let principal = try #require(try await bypass.authenticate(credentials))
            #expect(principal.method == .development && principal.role == .user && principal.method.isSentByBrowsers)
            users.insert(principal.user)
        }
        #expect(users.count == 1)
        let user = try await Users(house.database).find(try #require(users.first))
        #expect(user?.email.text == DevelopmentBypass.address)
    }

    @Test func `no request from elsewhere, through a proxy or to another name gets through`() async throws {
        let house = try await House()
        let bypass = try bypass(house)
        let refused = [
            connection("192.0.2.1"), connection("::ffff:192.0.2.1"), connection("127.0.0.1.evil.example"),
            connection("127.0.0"), connection("::1%lo"), connection(""), connection("fe80::1"), connection("local"),
            connection(forwarded: true), connection(host: nil), connection(host: "rebound.example:8080"),
            connection(host: "localhost.evil.example"), connection(host: ""),
            connection(host: "127.0.0.1.evil.example"),
        ]
        for one in refused {
            #expect(try await bypass.authenticate(Credentials(connection: one)) == nil, "\(one)")
        }
        #expect(try await bypass.authenticate(Credentials()) == nil)
        #expect(try await house.everything(in: "users").isEmpty)
    }

    @Test func `a request with credentials is judged by them`() async throws {
        let house = try await House()
        let both = FirstOf([house.authenticator, try bypass(house)])
        let credentials = Credentials(bearerToken: "x.y.z", connection: connection())
        await #expect(throws: AuthError.self) { try await both.authenticate(credentials) }
    }

    @Test func `the headers of proxies are known in lower case`() {
        #expect(ClientConnection.forwardingHeaders.allSatisfy { $0 == $0.lowercased() })
        #expect(
            ClientConnection.forwardingHeaders.isSuperset(of: ["forwarded", "x-forwarded-for", "x-real-ip", "via"]))
    }
}
