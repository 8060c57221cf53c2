import Auth
import Billing
import Foundation
import HTTPTypes
import HummingbirdTesting
import Storage
import StorageTestKit
import Testing
import WaxwingService

@testable import WaxwingHTTP

extension Answer {
    fileprivate var sortedData: String? {
        let data = try? JSONSerialization.data(withJSONObject: data, options: .sortedKeys)
        return data.map { String(decoding: $0, as: UTF8.self) }
    }
}

/// A route that makes something, and how to count what it has made.
struct MakingRoute: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// What is the same in every answer to one request.
    let outcome: @Sendable (Answer) -> String?
    let effects: SQL
    let send: @Sendable (TestAPI, _ token: String, _ key: String) async throws -> Answer

    static let all = [
        MakingRoute(testDescription: "POST /api/upload", outcome: { $0.data["job_id"] as? String }, effects: files) {
            try await $0.uploadOnce(Sound.clicks(seconds: 1), key: $2, token: $1)
        },
        MakingRoute(
            testDescription: "POST /api/uploads", outcome: { $0.data["upload_id"] as? String },
            effects: "SELECT COUNT(*) AS n FROM upload_sessions"
        ) {
            try await $0.send(
                .post, "/api/uploads", token: $1, headers: [.idempotencyKey: $2],
                #"{"filename": "a.wav", "size": 1000, "content_type": "audio/wav"}"#)
        },
        MakingRoute(
            testDescription: "POST /api/process", outcome: { $0.sortedData },
            effects: "SELECT COUNT(*) AS n FROM usage_entries"
        ) {
            try await $0.uploadOnce(Sound.clicks(seconds: 1), key: $2, token: $1, to: "/api/process")
        },
        MakingRoute(
            testDescription: "POST /api/auth/keys", outcome: { $0.data["key"] as? String },
            effects: "SELECT COUNT(*) AS n FROM api_keys"
        ) {
            try await $0.makeKey(key: $2, token: $1)
        },
        MakingRoute(
            testDescription: "POST /api/auth/register", outcome: { $0.data["id"] as? String },
            effects: "SELECT COUNT(*) AS n FROM users WHERE email = 'grace@example.com'"
        ) {
            try await $0.send(
                .post, "/api/auth/register", headers: [.idempotencyKey: $2],
                #"{"email": "grace@example.com", "password": "correct horse 9"}"#)
        },
        MakingRoute(testDescription: "POST /api/admin/invitations", outcome: { "\($0.status)" }, effects: mails) {
            try await $0.send(
                .post, "/api/admin/invitations", token: $1, headers: [.idempotencyKey: $2],
                #"{"email": "alan@example.com"}"#)
        },
        MakingRoute(testDescription: "POST /api/auth/reset/request", outcome: { "\($0.status)" }, effects: mails) {
            try await $0.send(
                .post, "/api/auth/reset/request", headers: [.idempotencyKey: $2], #"{"email": "root@example.com"}"#)
        },
    ]

    private static let mails: SQL = "SELECT COUNT(*) AS n FROM outbox_messages"
    private static let files: SQL = "SELECT COUNT(*) AS n FROM jobs WHERE owner IS NOT NULL"
}

@Suite struct InterruptedRequestTests {
    @Test(arguments: MakingRoute.all)
    func `cut off between effect and answer, it is answered in the end and done once`(route: MakingRoute) async throws {
        let (losing, clock) = (LosingAnswers(), ManualClock())
        try await TestAPI.run(
            clock: clock, signIn: try Letterbox().options(), over: losing.over
        ) { api async throws in
            let token = try await api.signUpAdmin()
            losing.isLosing = true
            let lost = try await route.send(api, token, "one")
            #expect((200..<300).contains(lost.status.code))
            losing.isLosing = false
            // As long as nobody can know that its process has ended.
            let early = try await route.send(api, token, "one")
            #expect((early.status, early.headers[.named("Retry-After")]) == (.conflict, "2"))
            clock.advance(by: .seconds(60))
            let answered = try await route.send(api, token, "one")
            #expect((answered.status, answered.isReplayed) == (lost.status, false))
            let outcome = try #require(route.outcome(lost))
            #expect(route.outcome(answered) == outcome)
            let again = try await route.send(api, token, "one")
            #expect(again.isReplayed && again.bytes == answered.bytes)
            #expect(try await api.count(route.effects) == 1)
            // And another key is another request.
            losing.isLosing = true
            _ = try await route.send(api, token, "two")
            #expect(try await api.count("SELECT COUNT(*) AS n FROM idempotency_keys") == 2)
        }
    }

    @Test func `an upload that is cut off holds its quota once`() async throws {
        let (losing, clock) = (LosingAnswers(), ManualClock())
        try await TestAPI.run(plan: Plan(uploadsPerMonth: 1), clock: clock, over: losing.over) { api async throws in
            let (token, sound) = (try await api.signUp(), Sound.clicks(seconds: 1))
            losing.isLosing = true
            let lost = try await api.uploadOnce(sound, key: "one", token: token)
            losing.isLosing = false
            clock.advance(by: .seconds(60))
            let other = try await api.uploadOnce(sound + [0, 0], key: "one", token: token)
            #expect((other.status, other.code) == (.unprocessableContent, "UNPROCESSABLE"))
            let answered = try await api.uploadOnce(sound, key: "one", token: token)
            #expect(answered.data["job_id"] as? String == lost.data["job_id"] as? String)
            let quota = try await api.send(.get, "/api/user", token: token).data["quota"] as? [String: [String: Any]]
            #expect(quota?["uploads"]?["held"] as? Int == 1)
            #expect(try await api.objectCount() == 1)
            await api.runJobs()
            #expect(try await api.send(.get, "/api/samples", token: token).list.count == 1)
        }
    }
}
