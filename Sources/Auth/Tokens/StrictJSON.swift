/// Reads RFC 8259, UTF-8 only, and refuses what parsers disagree about: a name twice, numbers beyond a `Double`,
/// half surrogate pairs, a byte order mark, anything after the value, deep nesting.
struct StrictJSON {
    static let deepest = 16
    static let mostMembers = 64

    struct Refused: Error {}

    let bytes: [UInt8]
    var place = 0
    private var depth = 0

    /// Nil unless `bytes` are one JSON object and nothing else.
    static func object(_ bytes: [UInt8]) -> JSONObject? {
        if case .object(let object) = whole(bytes) { object } else { nil }
    }

    /// Nil unless `bytes` are one JSON array and nothing else.
    static func array(_ bytes: [UInt8]) -> [JSONValue]? {
        if case .array(let values) = whole(bytes) { values } else { nil }
    }

    private static func whole(_ bytes: [UInt8]) -> JSONValue? {
        guard String(validating: bytes, as: UTF8.self) != nil else { return nil }
        var reader = StrictJSON(bytes: bytes)
        guard let value = try? reader.value() else { return nil }
        reader.skipSpace()
        return reader.place == bytes.count ? value : nil
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private mutating func value() throws(Refused) -> JSONValue {
        skipSpace()
        switch peek {
        case UInt8(ascii: "{"): return .object(try nested { reader throws(Refused) in try reader.object() })
        case UInt8(ascii: "["): return .array(try nested { reader throws(Refused) in try reader.array() })
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func nested<Value>(
        _ read: (inout StrictJSON) throws(Refused) -> Value
    ) throws(Refused) -> Value {
        guard depth < Self.deepest else { throw Refused() }
        depth += 1
        defer { depth -= 1 }
        return try read(&self)
    }

    private mutating func object() throws(Refused) -> JSONObject {
        var object = JSONObject()
        var count = 0
        try list(until: UInt8(ascii: "}")) { reader throws(Refused) in
            reader.skipSpace()
            let name = try reader.string()
            reader.skipSpace()
            try reader.expect(UInt8(ascii: ":"))
            count += 1
            guard count <= Self.mostMembers, object.insert(try reader.value(), under: name) else { throw Refused() }
        }
        return object
    }

    private mutating func array() throws(Refused) -> [JSONValue] {
        var values: [JSONValue] = []
        try list(until: UInt8(ascii: "]")) { reader throws(Refused) in values.append(try reader.value()) }
        return values
    }

    private mutating func list(
        until end: UInt8, _ element: (inout StrictJSON) throws(Refused) -> Void
    ) throws(Refused) {
        place += 1
        skipSpace()
        if peek == end {
            place += 1
            return
        }
        while true {
            try element(&self)
            skipSpace()
            guard peek == UInt8(ascii: ",") else { return try expect(end) }
            place += 1
        }
    }

    private mutating func word(_ word: String, _ value: JSONValue) throws(Refused) -> JSONValue {
        guard bytes[place...].starts(with: word.utf8) else { throw Refused() }
        place += word.utf8.count
        return value
    }
}
