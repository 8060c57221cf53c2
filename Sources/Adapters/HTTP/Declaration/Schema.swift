import StrictJSON

/// The form of a JSON value (JSON Schema 2020-12, as OpenAPI 3.1 has it).
indirect enum Schema: Equatable, Sendable {
    case anything
    case boolean
    case integer(ClosedRange<Int>? = nil)
    case number
    /// - Parameter format: `date-time`, `uuid`, `binary`.
    case string(format: String? = nil)
    case oneOf([String])
    case list(Schema)
    /// Of names that are data, and values of one form.
    case map(Schema)
    case object([Member])
    /// Of ``SchemaComponents``, by name.
    case reference(String)
    case nullable(Schema)

    struct Member: Equatable, Sendable {
        let name: String
        let schema: Schema
        /// Always there, if only as null.
        let isRequired: Bool
    }

    var json: JSONValue {
        switch self {
        case .anything: [:]
        case .boolean: ["type": "boolean"]
        case .integer(nil): ["type": "integer", "format": "int64"]
        case .integer(let range?):
            [
                "type": "integer", "minimum": .integer(Int64(range.lowerBound)),
                "maximum": .integer(Int64(range.upperBound)),
            ]
        case .number: ["type": "number"]
        case .string(nil): ["type": "string"]
        case .string(let format?): ["type": "string", "format": .string(format)]
        case .oneOf(let values): ["type": "string", "enum": .array(values.map(JSONValue.string))]
        case .list(let element): ["type": "array", "items": element.json]
        case .map(let value): ["type": "object", "additionalProperties": value.json]
        case .object(let members):
            [
                "type": "object",
                "properties": .object(
                    JSONObject(Dictionary(members.map { ($0.name, $0.schema.json) }) { _, last in last })),
                "required": .array(members.filter(\.isRequired).map { .string($0.name) }),
            ]
        case .reference(let name): ["$ref": .string("#/components/schemas/\(name)")]
        case .nullable(let schema): ["anyOf": [schema.json, ["type": "null"]]]
        }
    }

    /// The same, with these members always there and no others.
    fileprivate func requiring(_ names: Set<String>) -> Schema {
        guard case .object(let members) = self else { return self }
        return .object(
            members.map { Member(name: $0.name, schema: $0.schema, isRequired: names.contains($0.name)) })
    }

    /// For people.
    var text: String {
        switch self {
        case .anything: "any"
        case .boolean: "boolean"
        case .integer(nil): "integer"
        case .integer(let range?): "integer, \(range.lowerBound) to \(range.upperBound)"
        case .number: "number"
        case .string(nil): "string"
        case .string("date-time"): "time (RFC 3339)"
        case .string(let format?): "string (\(format))"
        case .oneOf(let values): values.joined(separator: " | ")
        case .list(let element): "list of \(element.text)"
        case .map(let value): "object of \(value.text)"
        case .object: "object"
        case .reference(let name): name
        case .nullable(let schema): "\(schema.text) or null"
        }
    }
}

/// The schemas that have a name.
final class SchemaComponents {
    private(set) var schemas: [String: Schema] = [:]
    private var types: [String: any Described.Type] = [:]
    /// Names that two different types have: a mistake of the program.
    private(set) var collisions: Set<String> = []

    /// Names of those that nothing may be added to.
    private(set) var closed: Set<String> = []

    /// Of what requests bring: other members than its own are refused.
    func closedReference<Value: DescribedBody>(to type: Value.Type) throws -> Schema {
        closed.insert(type.schemaName)
        return try reference(to: type)
    }

    /// By name, as the document has them.
    var json: [String: JSONValue] {
        Dictionary(
            uniqueKeysWithValues: schemas.map { name, schema in
                guard closed.contains(name), case .object(var members) = schema.json else { return (name, schema.json) }
                members["additionalProperties"] = false
                return (name, .object(members))
            })
    }

    /// The schema of a type's example, by its name.
    func reference<Value: Described>(to type: Value.Type) throws -> Schema {
        let name = type.schemaName
        if let known = types[name] {
            if known != type { collisions.insert(name) }
            return .reference(name)
        }
        types[name] = type
        let schema = try SchemaEncoder.schema(encoding: Value.example, self)
        schemas[name] = Value.required.map(schema.requiring) ?? schema
        return .reference(name)
    }
}
