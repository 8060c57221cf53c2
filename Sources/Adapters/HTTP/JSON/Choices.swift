import Hummingbird

extension InvalidRequest {
    /// For a value outside of those that there are.
    init(field: String, choices: [String]) {
        self.init(field: field, message: "'\(field)' is one of \(choices.joined(separator: ", "))")
    }
}

/// One of a list of words.
typealias Choice = CaseIterable & RawRepresentable<String>

extension String {
    /// The choice that this is, of the field that it was given for.
    func choice<Value: Choice>(of field: String, as type: Value.Type = Value.self) throws -> Value {
        guard let value = Value(rawValue: self) else {
            throw InvalidRequest(field: field, choices: Value.allCases.map(\.rawValue))
        }
        return value
    }
}

extension Request {
    /// A choice of the query; nil where it is not there.
    func choice<Value: Choice>(_ name: String, as type: Value.Type = Value.self) throws -> Value? {
        try parameter(name).map { try $0.choice(of: name) }
    }
}

extension Schema {
    /// What there is to choose from at a place in a body, as its description says.
    ///
    /// - Parameter path: names of members, and places in lists.
    /// - Returns: nil where it is no choice.
    func choices(at path: ArraySlice<any CodingKey>, _ components: SchemaComponents) -> [String]? {
        switch self {
        case .oneOf(let values): path.isEmpty ? values : nil
        case .nullable(let schema): schema.choices(at: path, components)
        case .reference(let name): components.schemas[name]?.choices(at: path, components)
        // A list that refuses one of its items may not say which.
        case .list(let element):
            element.choices(at: path.first?.intValue == nil ? path : path.dropFirst(), components)
        case .map(let value): path.isEmpty ? nil : value.choices(at: path.dropFirst(), components)
        case .object(let members):
            path.first.flatMap { key in
                members.first { $0.name == key.stringValue.snakeCased }?.schema
                    .choices(at: path.dropFirst(), components)
            }
        case .anything, .boolean, .integer, .number, .string: nil
        }
    }

    /// As ``choices(at:_:)``, of what a body is read as.
    static func choices<Value>(of body: Value.Type, at path: [any CodingKey]) -> [String]? {
        guard let type = body as? any Described.Type else { return nil }
        let components = SchemaComponents()
        return try? components.reference(to: type).choices(at: path[...], components)
    }
}
