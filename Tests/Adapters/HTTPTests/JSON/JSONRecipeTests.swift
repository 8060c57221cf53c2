import Foundation
import HTTPTypes
import Testing

@testable import WaxwingHTTP

/// `json/edge-recipes.json`, each against a running route.
@Suite struct JSONRecipeTests {
    private struct Recipe: Sendable {
        var body: [UInt8]
        var type = "application/json"
        let statuses: Set<Int>

        init(_ body: String, type: String = "application/json", _ statuses: Int...) {
            (self.body, self.type, self.statuses) = (Array(body.utf8), type, Set(statuses))
        }
    }

    private static func upload(size: String = "9", name: String = #""a.wav""#, _ more: String = "") -> String {
        #"{"filename": \#(name), "size": \#(size), "content_type": "audio/wav"\#(more)}"#
    }

    private static let recipes: [String: [Recipe]] = {
        var utf16 = Recipe("", 400)
        utf16.body = [0xFF, 0xFE] + Array(upload().utf8).flatMap { [$0, 0] as [UInt8] }
        let colliding = (0..<10_000).map { number in
            "\"" + (0..<14).map { ["Aa", "BB"][number >> $0 & 1] }.joined() + "\":1"
        }
        return [
            "nesting": [
                // Of values that are read; a string is asked for.
                Recipe(
                    upload(name: "[" + String(repeating: "[", count: 600) + String(repeating: "]", count: 601)), 400),
                Recipe(String(repeating: "[", count: 1_000_000), 400, 413),
            ],
            "object nesting": [Recipe(String(repeating: #"{"a":"#, count: 12_000), 400)],
            "long string 64 MiB": [Recipe("\"" + String(repeating: "x", count: 64 << 20) + "\"", 413)],
            "number 1e400": [Recipe(upload(size: "1e400"), 400)],
            // Read as 0, which no upload has.
            "number -0": [Recipe(upload(size: "-0"), 400)],
            "number 18446744073709551616 for an Int field": [Recipe(upload(size: "18446744073709551616"), 400)],
            "number 1.0 for an Int field": [Recipe(upload(size: "1.0"), 201)],
            "number 9007199254740993": [Recipe(upload(size: "9007199254740993"), 400)],
            "100 000 digit number": [Recipe(upload(size: String(repeating: "9", count: 60_000)), 400)],
            #"duplicate keys {"plan":"free","plan":"pro"}"#: [Recipe(#"{"plan":"free","plan":"pro"}"#, 400)],
            #"unknown fields {"role":"admin","plan":"pro","credits":999999,"userId":1}"#: [
                Recipe(upload(#", "role":"admin","plan":"pro","credits":999999,"userId":1"#), 400)
            ],
            "lone surrogate \\ud800": [Recipe(upload(name: #""\ud800""#), 400)],
            "NUL \\u0000 in text": [Recipe(upload(name: #""\u0000""#), 400)],
            "BOM first": [Recipe("\u{FEFF}" + upload(), 400)], "UTF-16 body": [utf16],
            "Content-Type text/plain with JSON": [Recipe(upload(), type: "text/plain", 415)],
            "10 000 keys that collide in a weak hash": [
                Recipe("{\(colliding.prefix(1900).joined(separator: ","))}", 400),
                Recipe("{\(colliding.joined(separator: ","))}", 413),
            ],
            "trailing comma, comments, NaN, Infinity, single quotes": [
                Recipe(upload(","), 400), Recipe(upload(" /* x */"), 400), Recipe(upload(size: "NaN"), 400),
                Recipe(upload(size: "Infinity"), 400), Recipe(upload(name: "'a.wav'"), 400),
            ],
            "true/false/null for object": ["true", "false", "null"].map { Recipe($0, 400) },
            "array of 1 000 000 empty objects": [
                Recipe("[" + String(repeating: "{},", count: 999_999) + "{}]", 400, 413)
            ],
        ]
    }()

    @Test func `every recipe is there, and ends as it must`() async throws {
        let file = try #require(try Vectors.own("json/edge-recipes.json") as? [[String: Any]])
        #expect(Set(file.compactMap { $0["name"] as? String }) == Set(Self.recipes.keys))
        try await TestAPI.run { api in
            let token = try await api.signUp()
            for (name, recipes) in Self.recipes {
                for recipe in recipes {
                    let send: @Sendable (TestAPI) async throws -> Answer = { [recipe] api in
                        try await api.send(
                            .post, "/api/uploads", token: token, headers: [.contentType: recipe.type],
                            bytes: recipe.body)
                    }
                    guard recipe.body.count < 100_000 else {
                        // Who is refused before all is sent may only see that nobody listens any more.
                        if let answer = try? await api.connected(send) {
                            #expect(recipe.statuses.contains(answer.status.code), "\(name): \(answer.status)")
                        }
                        continue
                    }
                    let answer = try await send(api)
                    #expect(recipe.statuses.contains(answer.status.code), "\(name): \(answer.status)")
                }
            }
            #expect(try await api.send(.get, "/health").status == .ok)
        }
    }
}
