import Foundation
import HTTPTypes
import StrictJSON
import Testing

@testable import WaxwingHTTP

extension Answer {
    /// Every answer in any test has the form that the route's declaration promises clients.
    func expectDeclared(_ method: HTTPRequest.Method, _ path: String, in routes: [Route]) throws {
        let path = path.prefix { $0 != "?" }
        guard headers[.contentType]?.hasPrefix("application/json") == true,
            let route = routes.first(where: { $0.method == method && $0.serves(path) })
        else { return }
        // Strictly: Foundation would pass over a name that is there twice.
        let body = try JSONValue(reading: bytes, within: .stored)
        let place = "\(method) \(path) \(status.code)"
        if body["success"] == .boolean(false) {
            let code = body["error"]?["code"]
            #expect(Failure.codes.map(JSONValue.string).contains(code ?? .null), "\(place): \(body)")
            return
        }
        guard let answer = route.answers.first(where: { $0.status == status }) else {
            Issue.record("\(place) is not declared")
            return
        }
        guard let media = answer.media.first(where: { $0.type == "application/json" }) else {
            Issue.record("\(place) is not declared as JSON")
            return
        }
        let components = SchemaComponents()
        let schema = try media.schema(components)
        let flaws = SchemaFlaws(body, schema, components).texts
        #expect(flaws.isEmpty, "\(place): \(flaws.joined(separator: "; "))")
    }
}

extension Route {
    fileprivate func serves(_ other: Substring) -> Bool {
        let (own, others) = (path.split(separator: "/"), other.split(separator: "/"))
        return own.count == others.count && zip(own, others).allSatisfy { $0 == $1 || $0.hasPrefix("{") }
    }
}

/// Where a JSON value is not of the form that a schema says.
struct SchemaFlaws {
    private(set) var texts: [String] = []
    private let components: SchemaComponents

    init(_ value: JSONValue, _ schema: Schema, _ components: SchemaComponents) {
        self.components = components
        check(value, schema, at: "$")
    }

    private mutating func check(_ value: JSONValue, _ schema: Schema, at place: String) {
        switch (schema, value) {
        case (.anything, _), (.boolean, .boolean), (.integer(nil), .integer), (.number, .integer), (.number, .number),
            (.nullable, .null):
            break
        case (.integer(let range?), .integer(let number)) where range.contains(Int(clamping: number)): break
        case (.string(nil), .string): break
        case (.string("date-time"), .string(let text)) where text.hasSuffix("Z") && text.contains("T"): break
        case (.string(let format?), .string) where format != "date-time": break
        case (.oneOf(let names), .string(let text)) where names.contains(text): break
        case (.nullable(let schema), _): check(value, schema, at: place)
        case (.list(let element), .array(let values)):
            for (index, value) in values.enumerated() { check(value, element, at: "\(place)[\(index)]") }
        case (.map(let element), .object(let members)):
            for (name, value) in members.members { check(value, element, at: "\(place).\(name)") }
        case (.object(let declared), .object(let members)):
            for member in declared {
                if let value = members[member.name] {
                    check(value, member.schema, at: "\(place).\(member.name)")
                } else if member.isRequired {
                    texts.append("\(place).\(member.name) is missing")
                }
            }
            for name in Set(members.names).subtracting(declared.map(\.name)).sorted() {
                texts.append("\(place).\(name) is not declared")
            }
        // The envelope's own parts, which are written by hand.
        case (.reference("Meta"), .object(let members)):
            if Set(members.names) != ["request_id", "timestamp", "version"] { texts.append("\(place) is no Meta") }
        case (.reference("PageMeta"), .object(let members)):
            if Set(members.names) != ["request_id", "timestamp", "version", "next_cursor"] {
                texts.append("\(place) is no PageMeta")
            }
        case (.reference(let name), _):
            guard let schema = components.schemas[name] else {
                texts.append("\(place): there is no schema \(name)")
                return
            }
            check(value, schema, at: place)
        default: texts.append("\(place) is not \(schema.text)")
        }
    }
}
