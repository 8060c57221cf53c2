import Auth
import Figures
import Storage

/// How long each way of signing in takes, one after the other.
struct Speed {
    let house: House

    init(_ house: House) {
        self.house = house
    }

    func run(_ count: Int) async throws {
        let user = try await house.register(0)
        let origin = RequestOrigin(address: "192.0.2.1")
        var times: [Duration] = []
        for _ in 0..<min(count, 200) {
            let started = ContinuousClock.now
            _ = try await house.signIn.login(email: House.email(0), password: House.password, from: origin)
            times.append(started.duration(to: .now))
        }
        try report(Latency("sign-in with a password", rows: 1, times: times))
        let session = try await house.database.write { try house.sessions.start(for: user.id, in: $0) }
        let token = try house.tokens.issue(for: session)
        let bearer = BearerAuthenticator(house.database, tokens: house.tokens, sessions: house.sessions)
        try await measure("request with an access token", count) { _ in
            try await bearer.authenticate(Credentials(bearerToken: token))
        }
        let keys = APIKeys(house.database)
        guard let name = UserName("bench") else { return }
        let key = try await keys.create(for: user.id, name: name).secret.text
        let programs = APIKeyAuthenticator(house.database, keys: keys)
        try await measure("request with an API key", count) { _ in
            try await programs.authenticate(Credentials(apiKey: key))
        }
    }

    private func measure(_ name: String, _ count: Int, _ work: (Int) async throws -> Principal?) async throws {
        var times: [Duration] = []
        for number in 0..<count {
            let started = ContinuousClock.now
            let principal = try await work(number)
            times.append(started.duration(to: .now))
            precondition(principal != nil, "good credentials were not taken")
        }
        try report(Latency(name, rows: 1, times: times))
    }
}
