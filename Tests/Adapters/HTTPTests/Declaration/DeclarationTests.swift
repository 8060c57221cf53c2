import Foundation
import HTTPTypes
import StrictJSON
import Synchronization
import Testing

@testable import WaxwingHTTP

@Suite struct DeclarationTests {
    @Test func `schemas name members as the encoder of answers does`() throws {
        for name in ["url", "successUrl", "createdAt", "sampleID", "URLOfPage", "eTag", "two_words", "isOK", "a1B"] {
            let encoder = JSONEncoder()
            encoder.keyEncodingStrategy = .convertToSnakeCase
            let encoded = try encoder.encode([Name(stringValue: name): 1].mapped)
            let members = try JSONDecoder().decode([String: Int].self, from: encoded)
            #expect(members.keys.first == name.snakeCased)
        }
    }

    @Test func `what may be missing, null, and in lists and maps is told from the example`() throws {
        let components = SchemaComponents()
        #expect(try components.reference(to: Everything.self) == .reference("Everything"))
        #expect(
            components.schemas["Everything"]
                == .object([
                    .init(name: "flag", schema: .boolean, isRequired: true),
                    .init(name: "left_out", schema: .integer(), isRequired: false),
                    .init(name: "no_value", schema: .nullable(.number), isRequired: true),
                    .init(name: "kind", schema: .oneOf(["one", "two"]), isRequired: true),
                    .init(name: "names", schema: .list(.string()), isRequired: true),
                    .init(name: "counts", schema: .map(.integer()), isRequired: true),
                    .init(name: "inner", schema: .nullable(.reference("Inner")), isRequired: true),
                    .init(name: "more", schema: .list(.reference("Inner")), isRequired: true),
                ]))
    }

    @Test func `every route has a name of its own, and every schema one type`() async throws {
        try await TestAPI.run { api in
            #expect(Set(api.declared.map(\.name)).count == api.declared.count)
            #expect(Set(api.declared.map { "\($0.method) \($0.path)" }).count == api.declared.count)
            let description = try OpenAPI(api.declared, server: nil, version: "1")
            #expect(description.collisions == [])
        }
    }

    @Test func `examples are what their schemas say`() async throws {
        try await TestAPI.run { api in
            var count = 0
            for route in api.declared {
                for media in (route.body?.media ?? []) + route.answers.flatMap(\.media) {
                    guard let example = try media.example?() else { continue }
                    let components = SchemaComponents()
                    let schema = try media.schema(components)
                    let flaws = SchemaFlaws(example, schema, components).texts
                    #expect(flaws.isEmpty, "\(route.name): \(flaws)")
                    count += 1
                }
            }
            #expect(count > 60)
        }
    }

    @Test func `the description names every route of the API, and its references lead somewhere`() async throws {
        try await TestAPI.run { api in
            let answer = try await api.send(.get, "/openapi.json")
            #expect(answer.status == .ok)
            let document = try JSONDecoder().decode(JSONValue.self, from: Data(answer.bytes))
            for route in api.declared where route.access != .page {
                let path = route.path.replacing("/**", with: "/{key}")
                let operation = document["paths"]?[path]?[route.method.rawValue.lowercased()]
                #expect(operation?["operationId"] == .string(route.name))
                #expect((operation?["security"] == []) == !route.access.needsSignIn, "\(route.name)")
            }
            let references = answer.text.matches(of: /"#\/components\/(\w+)\/(\w+)"/)
            #expect(references.count > 50)
            for reference in references {
                let (kind, name) = (String(reference.1), String(reference.2))
                #expect(document["components"]?[kind]?[name] != nil, "\(kind) \(name)")
            }
        }
    }

    @Test func `the description is the same in every server and at every start`() async throws {
        let texts = Mutex([String]())
        for _ in 1...2 {
            try await TestAPI.run { api in
                let text = try await api.send(.get, "/openapi.json").text
                texts.withLock { $0.append(text) }
            }
        }
        let (first, second) = (texts.withLock { $0.first }, texts.withLock { $0.last })
        #expect(first == second && first?.isEmpty == false)
    }

    @Test func `headers that a route asks for are told with it, on both pages`() async throws {
        try await TestAPI.run { api in
            let answer = try await api.send(.get, "/openapi.json")
            let document = try JSONDecoder().decode(JSONValue.self, from: Data(answer.bytes))
            for (path, method) in [("/api/sync", "post"), ("/api/sync/batch", "post"), ("/api/sync/socket", "get")] {
                guard case .array(let parameters)? = document["paths"]?[path]?[method]?["parameters"] else {
                    Issue.record("\(path) tells of no parameters")
                    continue
                }
                let header = parameters.first { $0["name"] == "X-Device-ID" }
                #expect(header?["in"] == "header" && header?["required"] == false, "\(path)")
            }
            #expect(try await api.send(.get, "/docs").text.contains("X-Device-ID"))
        }
    }

    @Test func `the page for people names every route and asks no other host`() async throws {
        try await TestAPI.run { api in
            let page = try await api.send(.get, "/docs")
            #expect(page.status == .ok)
            #expect(page.headers[.contentSecurityPolicy]?.contains("default-src 'none'") == true)
            for route in api.declared where route.access != .page {
                #expect(page.text.contains("id=\"\(route.name)\""))
            }
            #expect(!page.text.contains("<script"))
            #expect(page.text.matches(of: /(?:src|href)="(?:https?:)?\/\//).isEmpty)
        }
    }
}

private struct Name: CodingKey, Hashable {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

extension [Name: Int] {
    /// As an object whose names are keys, not data.
    fileprivate var mapped: Members { Members(values: self) }
}

private struct Members: Encodable {
    let values: [Name: Int]

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Name.self)
        for (name, value) in values { try container.encode(value, forKey: name) }
    }
}

private struct Inner: Described {
    let value: Int

    static let example = Inner(value: 1)
}

private struct Everything: Described {
    enum Kind: String, Encodable, CaseIterable {
        case one, two
    }

    let flag: Bool
    let leftOut: Int?
    @ExplicitNull var noValue: Double?
    let kind: Kind
    let names: [String]
    let counts: [String: Int]
    @ExplicitNull var inner: Inner?
    let more: [Inner]

    static let example = Everything(
        flag: true, leftOut: nil, noValue: ExplicitNull(wrappedValue: nil), kind: .one, names: [], counts: [:],
        inner: ExplicitNull(wrappedValue: nil), more: [])
}
