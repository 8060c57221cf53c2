/// JSON as a signed token may contain it.
enum JSONValue: Sendable {
    case null
    case bool(Bool)
    /// Finite.
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    var string: String? {
        if case .string(let text) = self { text } else { nil }
    }
}

/// Members by their exact names.
struct JSONObject: Sendable {
    private var members: [(name: String, value: JSONValue)] = []

    subscript(name: String) -> JSONValue? {
        members.first { $0.name.isSpelled(name) }?.value
    }

    /// In their order.
    var names: [String] { members.map(\.name) }

    /// False if there is one of this name.
    mutating func insert(_ value: JSONValue, under name: String) -> Bool {
        guard self[name] == nil else { return false }
        members.append((name, value))
        return true
    }
}
