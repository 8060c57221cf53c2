/// What becomes of JSON while it is read.
protocol JSONProduct {
    /// Whether texts and elements are of use: what is not need not be made.
    static var isKept: Bool { get }
    static var null: Self { get }
    static func boolean(_ value: Bool) -> Self
    static func integer(_ value: Int64) -> Self
    static func number(_ value: Double) -> Self
    static func string(_ value: String) -> Self
    static func array(_ elements: [Self]) -> Self
    static func object(of members: [String: Self]) -> Self
}

extension JSONValue: JSONProduct {
    static let isKept = true
    static func object(of members: [String: JSONValue]) -> JSONValue { .object(JSONObject(members)) }
}

/// Reads RFC 8259 and nothing beside it, and refuses what readers disagree about or choke on.
///
/// UTF-8 without a byte order mark, one value, no names twice (nor two that Unicode calls equivalent), no half of a surrogate
/// pair, no NUL unless it may be, no number that is none of a `Double`, and nothing beyond the limits. The stack it takes is bounded by their depth.
struct JSONReader<Product: JSONProduct> {
    let bytes: [UInt8]
    let limits: JSONLimits
    var place = 0
    private var depth = 0
    private var values = 0
    /// Of the outermost object, in their order.
    private var names: [String] = []

    static func read(
        _ bytes: [UInt8], within limits: JSONLimits
    ) throws(JSONFlaw) -> (product: Product, names: [String]) {
        guard bytes.count <= limits.bytes else { throw .tooLong(limits.bytes) }
        guard String(validating: bytes, as: UTF8.self) != nil else { throw .notUTF8 }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw .byteOrderMark }
        var reader = JSONReader(bytes: bytes, limits: limits)
        let product = try reader.value()
        reader.skipSpace()
        guard reader.place == bytes.count else { throw .malformed(at: reader.place) }
        return (product, reader.names)
    }

    private init(bytes: [UInt8], limits: JSONLimits) {
        (self.bytes, self.limits) = (bytes, limits)
    }

    private mutating func value() throws(JSONFlaw) -> Product {
        skipSpace()
        values += 1
        guard values <= limits.values else { throw .tooMany(limits.values) }
        switch peek {
        case UInt8(ascii: "{"): return try nested { reader throws(JSONFlaw) in try reader.object() }
        case UInt8(ascii: "["): return try nested { reader throws(JSONFlaw) in try reader.array() }
        case UInt8(ascii: "\""): return .string(try string(isKept: Product.isKept))
        case UInt8(ascii: "t"): return try word("true", .boolean(true))
        case UInt8(ascii: "f"): return try word("false", .boolean(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func nested(
        _ read: (inout JSONReader) throws(JSONFlaw) -> Product
    ) throws(JSONFlaw) -> Product {
        guard depth < limits.depth else { throw .tooDeep(limits.depth) }
        depth += 1
        let product = try read(&self)
        depth -= 1
        return product
    }

    private mutating func object() throws(JSONFlaw) -> Product {
        let isOutermost = depth == 1
        var seen = SeenNames()
        var members: [String: Product] = [:]
        try list(until: UInt8(ascii: "}")) { reader throws(JSONFlaw) in
            reader.skipSpace()
            guard reader.peek == UInt8(ascii: "\"") else { throw .malformed(at: reader.place) }
            let name = try reader.string(isKept: true)
            guard seen.insert(name) else { throw .duplicate(name) }
            if isOutermost { reader.names.append(name) }
            reader.skipSpace()
            try reader.expect(UInt8(ascii: ":"))
            do throws(JSONFlaw) {
                let value = try reader.value()
                if Product.isKept { members[name] = value }
            } catch {
                throw error.within(name)
            }
        }
        return .object(of: members)
    }

    private mutating func array() throws(JSONFlaw) -> Product {
        var elements: [Product] = []
        try list(until: UInt8(ascii: "]")) { reader throws(JSONFlaw) in
            let value = try reader.value()
            if Product.isKept { elements.append(value) }
        }
        return .array(elements)
    }

    private mutating func list(
        until end: UInt8, _ element: (inout JSONReader) throws(JSONFlaw) -> Void
    ) throws(JSONFlaw) {
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
}

/// The names of one object. Most have so few that looking at each is quicker than hashing.
private struct SeenNames {
    private static let fewest = 16

    private var few: [String] = []
    private var many: Set<String> = []

    /// False for one that is there.
    mutating func insert(_ name: String) -> Bool {
        guard many.isEmpty else { return many.insert(name).inserted }
        guard !few.contains(name) else { return false }
        few.append(name)
        if few.count == Self.fewest { many = Set(few) }
        return true
    }
}
