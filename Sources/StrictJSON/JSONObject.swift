/// Members by their exact names.
///
/// Two that Unicode calls equivalent (a Kelvin sign and a K) are never in one object, and neither is found under the other.
package struct JSONObject: Equatable, Sendable {
    package private(set) var members: [String: JSONValue]

    package init(_ members: [String: JSONValue] = [:]) {
        self.members = members
    }

    /// Nil unless `bytes` are one JSON object and nothing else.
    package init?(reading bytes: [UInt8], within limits: JSONLimits = JSONLimits()) {
        guard case .object(let object)? = try? JSONValue(reading: bytes, within: limits) else { return nil }
        self = object
    }

    /// In no order.
    package var names: some Collection<String> { members.keys }

    package subscript(name: String) -> JSONValue? {
        get {
            guard let place = members.index(forKey: name), members[place].key.utf8.elementsEqual(name.utf8) else {
                return nil
            }
            return members[place].value
        }
        set { members[name] = newValue }
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init(Dictionary(elements) { _, last in last })
    }
}
