import Billing
import Foundation
import HTTPTypes
import Storage
import StorageTestKit
import Testing

@testable import WaxwingHTTP

@Suite struct UsageRouteTests {
    private let clip = Sound.clicks(seconds: 0.1)

    @Test func `usage is told with limits and days, as JSON and as a file`() async throws {
        try await TestAPI.run(plan: Plan(uploadsPerMonth: 5, storageBytes: 1_000_000), clock: ManualClock()) { api in
            let token = try await api.signUp()
            _ = try await api.upload(clip, token: token)
            await api.runJobs()
            for path in ["/api/usage", "/api/billing/usage"] {
                let answer = try await api.send(.get, path, token: token)
                let quota = try #require(answer.data["quota"] as? [String: [String: Any]])
                #expect(quota["uploads"]?["used"] as? Int == 1 && quota["uploads"]?["limit"] as? Int == 5)
                #expect(quota["storage_bytes"]?["used"] as? Int == clip.count)
                let usage = try #require(answer.data["usage"] as? [String: Any])
                let totals = try #require(usage["totals"] as? [[String: Any]])
                #expect(totals.compactMap { $0["feature"] as? String } == ["analysis"])
                #expect(totals[0]["unit"] as? String == "seconds" && totals[0]["count"] as? Int == 1)
                let days = try [usage["from"], usage["through"]].map {
                    try #require(($0 as? String).flatMap(UTCDay.init))
                }
                #expect(days[1].number - days[0].number == 29)
            }
            let file = try await api.send(.get, "/api/usage?format=csv", token: token)
            #expect(file.headers[.contentType] == "text/csv; charset=utf-8")
            #expect(file.headers[.contentDisposition] == "attachment; filename=\"usage.csv\"")
            let lines = file.text.components(separatedBy: "\r\n")
            #expect(lines.count == 3 && lines[0].hasPrefix("day,feature,purpose,amount,unit") && lines[2].isEmpty)
            #expect(lines[1].contains(",analysis,") && lines[1].contains(",seconds,"))
        }
    }

    @Test(arguments: [
        ("from=2026-02-29", "from"), ("to=yesterday", "to"), ("from=2026-1-1", "from"), ("to=", "to"),
        ("from=2026-01-02&to=2026-01-01", "from"), ("from=2025-01-01&to=2026-02-05", "from"),
        ("from=2026-01-01T00:00:00Z", "from"), ("format=xml", "format"),
    ])
    func `days that are none, and too many, are refused by their field`(_ query: String, _ field: String) async throws {
        try await TestAPI.run { api in
            let answer = try await api.send(.get, "/api/usage?\(query)", token: try await api.signUp())
            #expect(answer.status == .badRequest && answer.error["field"] as? String == field)
        }
    }

    @Test func `four hundred days are not too many`() async throws {
        try await TestAPI.run { api in
            let answer = try await api.send(
                .get, "/api/usage?from=2025-01-01&to=2026-02-04", token: try await api.signUp())
            #expect(answer.status == .ok)
        }
    }

    @Test func `usage is one's own`() async throws {
        try await TestAPI.run { api in
            let (ada, eve) = (try await api.signUp(), try await api.signUp("eve@example.com"))
            _ = try await api.upload(clip, token: ada)
            await api.runJobs()
            let answer = try await api.send(.get, "/api/usage", token: eve)
            #expect(((answer.data["usage"] as? [String: Any])?["lines"] as? [Any])?.isEmpty == true)
            #expect(try await api.send(.get, "/api/usage").status == .unauthorized)
        }
    }

    @Test func `a limit that is met is told in detail: which, how much, until when`() async throws {
        let plan = Plan(uploadBytes: 20_000, uploadsPerMonth: 1, analysesPerMonth: 0, storageBytes: 1_000_000)
        let clock = ManualClock()
        try await TestAPI.run(plan: plan, clock: clock) { api in
            let token = try await api.signUp()
            let large = try await api.upload(Sound.clicks(seconds: 3), token: token)
            #expect((large.status, large.code) == (.contentTooLarge, "PAYLOAD_TOO_LARGE"))
            let size = try #require(large.error["details"] as? [String: Any])
            #expect(size["unit"] as? String == "upload_bytes" && size["limit"] as? Int == 20_000)
            #expect(size["used"] is NSNull && size["resets_at"] is NSNull)

            #expect(try await api.upload(clip, token: token).status == .accepted)
            let more = try await api.upload(clip, token: token)
            #expect((more.status, more.code) == (.tooManyRequests, "QUOTA_EXCEEDED"))
            let count = try #require(more.error["details"] as? [String: Any])
            #expect(count["unit"] as? String == "uploads" && count["limit"] as? Int == 1)
            #expect(count["used"] as? Int == 1 && count["requested"] as? Int == 1)
            let reset = try #require((count["resets_at"] as? String).flatMap { Timestamp($0) })
            #expect(reset == UTCMonth(clock.now()).last.advanced(by: 1).start)

            let analysis = try await api.upload(clip, token: token, to: "/api/process")
            #expect((analysis.error["details"] as? [String: Any])?["unit"] as? String == "analyses")
            #expect(try await api.send(.get, "/api/samples/x", token: token).error["details"] == nil)
        }
    }

    @Test func `what is downloaded is usage, by the account's own way and by link; what is asked about is not`()
        async throws
    {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let accepted = try await api.upload(clip, token: token)
            await api.runJobs()
            let job = try #require(accepted.data["job_id"] as? String)
            let sample = try #require(
                try await api.send(.get, "/api/jobs/\(job)", token: token).data["sample_id"] as? String)
            let audio = "/api/samples/\(sample)/audio"
            func sent() async throws -> Int {
                let answer = try await api.send(.get, "/api/usage", token: token)
                let totals = (answer.data["usage"] as? [String: Any])?["totals"] as? [[String: Any]]
                return totals?.first { $0["feature"] as? String == "egress" }?["amount"] as? Int ?? 0
            }
            #expect(try await api.send(.head, audio, token: token).status == .ok)
            #expect(try await sent() == 0)
            #expect(try await api.send(.get, audio, token: token).bytes == clip)
            #expect(try await sent() == clip.count)
            let part = try await api.send(.get, audio, token: token, headers: [.range: "bytes=10-109"])
            #expect(part.status == .partialContent && part.bytes == Array(clip[10..<110]))
            #expect(try await sent() == clip.count + 100)
            let link = try await api.send(.get, "/api/samples/\(sample)/link", token: token)
            let url = try #require((link.data["url"] as? String).flatMap { URL(string: $0) })
            let path = "\(url.path(percentEncoded: true))?\(try #require(url.query(percentEncoded: true)))"
            #expect(try await api.send(.head, path).status == .ok)
            #expect(try await api.send(.get, path).bytes == clip)
            #expect(try await sent() == 2 * clip.count + 100)
        }
    }
}
