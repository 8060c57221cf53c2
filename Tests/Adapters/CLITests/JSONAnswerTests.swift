import Foundation
import StorageTestKit
import StrictJSON
import Testing

/// What commands have done, as programs read it.
@Suite struct JSONAnswerTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func answer(_ arguments: String..., status: Int32 = 0) async throws -> JSONValue {
        let result = try await Program.run(
            arguments + ["--json"],
            environment: ["WAXWING_DATA": folder.path + "/data", "XDG_CONFIG_HOME": folder.path])
        #expect(result.status == status, "\(result.errors)")
        return try JSONValue(reading: Array(result.output.utf8))
    }

    @Test func `what was done about an account`() async throws {
        let user = "ada@example.com"
        let made = try await answer("users", "create", user, "--no-password")
        #expect(made["email"]?.string == user)
        #expect(
            try await answer("users", "role", user, "admin") == [
                "user": .string(user), "role": "admin", "changed": true,
            ]
        )
        #expect(
            try await answer("users", "role", user, "admin") == [
                "user": .string(user), "role": "admin", "changed": false,
            ]
        )
        #expect(
            try await answer("users", "disable", user) == ["user": .string(user), "disabled": true, "changed": true]
        )
        #expect(
            try await answer("users", "enable", user) == ["user": .string(user), "disabled": false, "changed": true]
        )
        let plan = try await answer("users", "plan", user)
        #expect(plan["ground"] == "assigned" && plan["changes_at"] == .null)
        let key = try await answer("users", "key", user, "--name", "laptop")
        #expect(key["key"]?.string?.hasPrefix("wx_") == true)
        let corrected = try await answer("usage", "correct", user, "uploads", "2", "--reason", "by telephone")
        #expect(corrected == ["user": .string(user), "unit": "uploads", "used": 2])
    }

    @Test func `what was done about queues and jobs`() async throws {
        _ = try await answer("users", "create", "ada@example.com", "--no-password")
        #expect(try await answer("jobs", "pause", "default") == ["queue": "default", "paused": true])
        #expect(try await answer("jobs", "drain", "default") == ["queue": "default", "draining": true])
        #expect(
            try await answer("jobs", "resume", "default")
                == ["queue": "default", "paused": false, "draining": false])
        // What cannot be done is told on the other channel, and the rest is still JSON.
        #expect(try await answer("jobs", "cancel", UUID().uuidString, status: 1) == [])
    }

    @Test func `what was found in files`() async throws {
        let plans = try folder.write(Array("{}".utf8), to: "plans.json")
        let refused = try await answer("plans", "check", plans, status: 1)
        #expect(refused["accepted"] == false && refused["problems"] != [])
        let shown = try await answer("plans", "show")
        #expect(shown["plans"] != nil)
        let kit = try folder.write(Array(#"{"name":"tea","bpm":92,"pads":[]}"#.utf8), to: "kit.json")
        guard case .array(let checked) = try await answer("kit", "check", kit) else { throw JSONFlaw.notUTF8 }
        #expect(checked.first?["file"] == .string(kit) && checked.first?["pads"] == 0)
        #expect(try await answer("logout") == ["forgotten": []])
        let version = try await answer("version")
        #expect(version["version"]?.string?.isEmpty == false)
    }
}
