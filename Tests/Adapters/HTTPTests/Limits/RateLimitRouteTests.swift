import Billing
import HTTPTypes
import HummingbirdTesting
import Storage
import StorageTestKit
import Testing

@testable import WaxwingHTTP

@Suite struct RateLimitRouteTests {
    private let three = RateLimit(3, per: .seconds(60))
    private let login = #"{"email": "ada@example.com", "password": "wrong horse 99"}"#
    private let wrong = #"{"email": "#

    @Test func `without limits in the plan file no answer speaks of them`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            for answer in [
                try await api.send(.get, "/api/user", token: token),
                try await api.send(.post, "/api/auth/login", wrong),
            ] {
                #expect(answer.headers[.rateLimit] == nil && answer.headers[.rateLimitReset] == nil)
            }
        }
    }

    @Test func `every answer says what is left, and then when to come again`() async throws {
        let clock = ManualClock()
        try await TestAPI.run(limits: RequestLimits(perAccount: three), clock: clock) { api async throws in
            let token = try await api.signUp()
            for (path, status, remaining) in [
                ("/api/user", HTTPResponse.Status.ok, "2"), ("/api/samples/nonsense", .notFound, "1"),
                ("/api/samples?limit=0", .badRequest, "0"),
            ] {
                let answer = try await api.send(.get, path, token: token)
                #expect(answer.status == status)
                #expect(answer.headers[.rateLimit] == "3" && answer.headers[.rateLimitRemaining] == remaining)
                #expect(answer.headers[.rateLimitReset] == "\(1_767_225_600 + 60)")
            }
            clock.advance(by: .milliseconds(20_500))
            let refused = try await api.send(.get, "/api/user", token: token)
            #expect((refused.status, refused.code) == (.tooManyRequests, "RATE_LIMIT_EXCEEDED"))
            #expect(refused.headers[.named("Retry-After")] == "40" && refused.headers[.rateLimitRemaining] == "0")
            #expect(refused.headers[.rateLimit] == "3" && refused.headers[.rateLimitReset] == "\(1_767_225_660)")
            clock.advance(by: .seconds(40))
            #expect(try await api.send(.get, "/api/user", token: token).status == .ok)
        }
    }

    @Test func `all sessions of an account share its limit; other accounts have their own`() async throws {
        try await TestAPI.run(limits: RequestLimits(perAccount: three), clock: ManualClock()) { api async throws in
            let first = try await api.signUp()
            let again = try await api.send(
                .post, "/api/auth/login", #"{"email": "ada@example.com", "password": "correct horse 9"}"#)
            let second = try #require(again.data["access_token"] as? String)
            let other = try await api.signUp("grace@example.com")
            for token in [first, second, first] {
                #expect(try await api.send(.get, "/api/user", token: token).status == .ok)
            }
            for token in [first, second] {
                #expect(try await api.send(.get, "/api/user", token: token).status == .tooManyRequests)
            }
            #expect(try await api.send(.get, "/api/user", token: other).status == .ok)
        }
    }

    @Test func `another spelling of a path is no other limit`() async throws {
        try await TestAPI.run(limits: RequestLimits(perAddress: three), clock: ManualClock()) { api async throws in
            for _ in 0..<3 { _ = try await api.send(.post, "/api/auth/login", wrong) }
            for path in [
                "/api/auth/login", "/api/auth/login/", "/api//auth/login", "//api/auth/login", "/api/auth/login?a=1",
                "/API/auth/login", "/api/auth/LOGIN", "/api/auth/%6Cogin", "/api/%2e/auth/login",
                "/api/auth/../auth/login",
                "/api/auth/register",
            ] {
                let status = try await api.send(.post, path, wrong).status
                #expect([.tooManyRequests, .notFound].contains(status), "\(path)")
            }
            #expect(try await api.send(.post, "/api/auth/login/", wrong).status == .tooManyRequests)
        }
    }

    @Test func `forged headers of a client that is no trusted proxy change nothing`() async throws {
        try await TestAPI.run(limits: RequestLimits(perAddress: three), clock: ManualClock()) { api async throws in
            var refused = 0
            for number in 0..<20 {
                for name in ["X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Client-IP", "CF-Connecting-IP"] {
                    let name = try #require(HTTPField.Name(name))
                    let value = name == .forwarded ? "for=203.0.113.\(number)" : "203.0.113.\(number)"
                    let answer = try await api.send(.post, "/api/auth/login", headers: [name: value], wrong)
                    if answer.status == .tooManyRequests { refused += 1 }
                }
            }
            #expect(refused == 97)
        }
    }

    @Test func `behind a trusted proxy each client has its limit, an IPv6 subscriber one for all addresses`()
        async throws
    {
        let proxies = try #require(TrustedProxies("127.0.0.1, ::1"))
        try await TestAPI.run(limits: RequestLimits(perAddress: three), proxies: proxies, clock: ManualClock()) {
            api async throws in
            func statuses(_ forwarded: [String]) async throws -> [Int] {
                var statuses: [Int] = []
                for value in forwarded {
                    let answer = try await api.send(
                        .post, "/api/auth/login", headers: [.xForwardedFor: value], wrong)
                    statuses.append(answer.status.code)
                }
                return statuses
            }
            #expect(
                try await statuses(["203.0.113.1", "203.0.113.1", "203.0.113.1", "203.0.113.1"]) == [
                    400, 400, 400, 429,
                ])
            #expect(try await statuses(["203.0.113.2"]) == [400])
            // What the client wrote stands left of what the proxy saw.
            #expect(
                try await statuses(["198.51.100.1, 203.0.113.1", "::1, 203.0.113.1", "\"x, 203.0.113.1"]) == [
                    429, 429, 429,
                ])
            let rotating = (1...6).map { "2001:db8:1:2::\($0)" }
            #expect(try await statuses(rotating) == [400, 400, 400, 429, 429, 429])
            #expect(try await statuses(["2001:db8:1:3::1"]) == [400])
        }
    }

    @Test func `who is not let in is counted by address, and can still sign in`() async throws {
        try await TestAPI.run(limits: RequestLimits(perAddress: three), clock: ManualClock()) { api async throws in
            var statuses: [Int] = []
            for number in 0..<5 {
                statuses.append(try await api.send(.get, "/api/user", token: "guess\(number)").status.code)
            }
            #expect(statuses == [401, 401, 401, 429, 429])
            #expect(try await api.send(.post, "/api/auth/login", login).status == .unauthorized)
        }
    }

    @Test func `after ten wrong passwords the right one waits, but not on another network`() async throws {
        let proxies = try #require(TrustedProxies("127.0.0.1"))
        try await TestAPI.run(proxies: proxies, clock: ManualClock()) { api async throws in
            _ = try await api.signUp()
            func status(_ form: String, from address: String) async throws -> Int {
                try await api.send(.post, "/api/auth/login", headers: [.xForwardedFor: address], form).status.code
            }
            for _ in 0..<10 { #expect(try await status(login, from: "203.0.113.1") == 401) }
            let right = #"{"email": "ada@example.com", "password": "correct horse 9"}"#
            let refused = try await api.send(
                .post, "/api/auth/login", headers: [.xForwardedFor: "203.0.113.1"], right)
            #expect((refused.status, refused.code) == (.tooManyRequests, "RATE_LIMIT_EXCEEDED"))
            let wait = try #require(refused.headers[.named("Retry-After")].flatMap { Int($0) })
            #expect((1...901).contains(wait))
            #expect(try await status(right, from: "198.51.100.7, 203.0.113.1") == 429)
            #expect(try await status(right, from: "203.0.113.2") == 200)
        }
    }

    @Test func `links begin as the client reached the proxy, if it is one to trust`() async throws {
        for (proxies, scheme) in [("127.0.0.1", "https://"), ("192.0.2.1", "http://")] {
            try await TestAPI.run(proxies: #require(TrustedProxies(proxies))) { api in
                let answer = try await api.send(
                    .post, "/api/uploads", token: api.signUp(),
                    headers: [.xForwardedProto: "https", .named("Host"): "sounds.example.com"],
                    #"{"filename": "loop.wav", "size": 100, "content_type": "audio/wav"}"#)
                #expect(answer.status == .created)
                let link = try #require((answer.data["links"] as? [[String: Any]])?.first)
                #expect((link["url"] as? String)?.hasPrefix("\(scheme)sounds.example.com/") == true)
            }
        }
    }

    @Test func `health and metrics are always answered`() async throws {
        try await TestAPI.run(limits: RequestLimits(perAccount: three, perAddress: three)) { api async throws in
            for _ in 0..<10 {
                for path in ["/health", "/api/health", "/api/metrics"] {
                    let answer = try await api.send(.get, path)
                    #expect(answer.status == .ok && answer.headers[.rateLimit] == nil)
                }
            }
        }
    }

    @Test func `of 64 connections at once no more get through than the limit`() async throws {
        let ten = RateLimit(10, per: .seconds(60))
        let clock = ManualClock()
        try await TestAPI.run(limits: RequestLimits(perAddress: ten), clock: clock) { api async throws in
            for _ in 0..<2 {
                let answered = try await withThrowingTaskGroup(of: Bool.self) { group in
                    for _ in 0..<64 {
                        group.addTask {
                            try await api.connected {
                                try await $0.send(.post, "/api/auth/login", wrong).status == .badRequest
                            }
                        }
                    }
                    return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
                }
                #expect(answered == 10)
                clock.advance(by: .seconds(60))
            }
        }
    }
}
