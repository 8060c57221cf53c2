import AudioCore
import Foundation
import HTTPTypes
import StrictJSON
import Testing

@testable import WaxwingHTTP

/// Who gives a value that there is not learns which there are.
@Suite struct ChoiceTests {
    private static let id = UUID().uuidString.lowercased()
    private static let devices = "sp404mkii, sp404sx, import"

    @Test func `in bodies: as a member, in a list, and deep within`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUpAdmin()
            for (method, path, body, field, choices) in [
                (.post, "/api/kits/build", #"{"device": "mpc"}"#, "device", Self.devices),
                (.post, "/api/kits/\(Self.id)/export", #"{"device": "SP404SX"}"#, "device", Self.devices),
                (
                    .post, "/api/kits/build", #"{"query": {"kinds": ["loop", "symphony"]}}"#, "kinds",
                    SoundKind.allCases.map(\.rawValue).joined(separator: ", ")
                ),
                (
                    .post, "/api/collections", #"{"name": "x", "rules": {"keys": ["13A"]}}"#, "keys",
                    "1A, 1B, 2A, 2B, 3A, 3B, 4A, 4B, 5A, 5B, 6A, 6B, 7A, 7B, 8A, 8B, 9A, 9B, 10A, 10B, 11A, 11B, 12A, 12B"
                ),
                (
                    .post, "/api/collections", #"{"name": "x", "rules": {"direction": "up"}}"#, "direction",
                    "ascending, "
                ),
                (.post, "/api/samples/\(Self.id)/normalize", #"{"format": "aac"}"#, "format", "wav, aiff, flac, "),
                (.post, "/api/subscribe", #"{"plan": "x", "interval": "day"}"#, "interval", "month, year"),
                (.post, "/api/admin/invitations", #"{"email": "a@example.com", "role": "god"}"#, "role", "user, admin"),
            ] as [(HTTPRequest.Method, String, String, String, String)] {
                let answer = try await api.send(method, path, token: token, body)
                #expect((answer.status, answer.code) == (.badRequest, "VALIDATION_ERROR"), "\(path) \(body)")
                #expect(answer.error["field"] as? String == field, "\(path) \(body)")
                let message = answer.error["message"] as? String ?? ""
                #expect(message.hasPrefix("'\(field)' is one of \(choices)"), "\(path) \(body): \(message)")
                #expect(!message.contains("god") && !message.contains("symphony"))
            }
        }
    }

    @Test func `in queries`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            for (path, field, choices) in [
                ("/api/kits/\(Self.id)/check?device=mpc", "device", Self.devices),
                ("/api/jobs?status=done", "status", "pending, processing, completed, failed, cancelled"),
                ("/api/samples/\(Self.id)/waveform?format=gif", "format", "png, json, dat"),
                ("/api/samples/\(Self.id)/waveform?shape=round", "shape", "rms, peaks"),
                ("/api/samples/\(Self.id)/spectrogram?colors=grey", "colors", "magma, "),
                ("/api/usage?format=xml", "format", "json, csv"),
            ] {
                let answer = try await api.send(.get, path, token: token)
                #expect(answer.status == .badRequest && answer.error["field"] as? String == field, "\(path)")
                let message = answer.error["message"] as? String ?? ""
                #expect(message.hasPrefix("'\(field)' is one of \(choices)"), "\(path): \(message)")
            }
        }
    }

    /// Every choice that a description tells of, in every body: a wrong word there is answered with the words of the description.
    @Test func `wherever a description of a body has choices, a wrong word is answered with them`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUpAdmin()
            var count = 0
            for route in api.declared where route.access.needsSignIn {
                guard let body = route.body, body.media.count == 1, body.media[0].type == "application/json",
                    let example = try body.media[0].example?(), case .object(let object) = example
                else { continue }
                let components = SchemaComponents()
                let schema = try body.media[0].schema(components)
                for name in object.members.keys {
                    guard let choices = schema.choices(at: [Member(stringValue: name)], components) else { continue }
                    var wrong = object.members
                    wrong[name] = if case .array = wrong[name] { ["canary"] } else { "canary" }
                    let path = route.path.replacing(/\{\w+\}/, with: Self.id)
                    let content = try JSONEncoder().encode(wrong)
                    let answer = try await api.send(
                        route.method, path, token: token, bytes: Array(content))
                    #expect(answer.error["field"] as? String == name, "\(route.name)")
                    #expect(
                        answer.error["message"] as? String
                            == "'\(name)' is one of \(choices.joined(separator: ", "))", "\(route.name)")
                    count += 1
                }
            }
            #expect(count >= 3)
        }
    }

    private struct Member: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
