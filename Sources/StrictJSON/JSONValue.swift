/// Any JSON, as a value.
package enum JSONValue: Equatable, Sendable {
    case null
    case boolean(Bool)
    /// A number without fraction and exponent, where it is one of `Int64`: exact.
    case integer(Int64)
    /// Every other number. Finite.
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}

extension JSONValue {
    /// - Parameter bytes: one JSON text and nothing else.
    /// - Throws: ``JSONFlaw``, at the first thing that is wrong.
    /// - Complexity: O(bytes).
    package init(reading bytes: [UInt8], within limits: JSONLimits = JSONLimits()) throws(JSONFlaw) {
        self = try JSONReader.read(bytes, within: limits).product
    }

    package var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// Of every number, rounded where a `Double` has no such whole one.
    package var double: Double? {
        switch self {
        case .integer(let whole): Double(whole)
        case .number(let number): number
        default: nil
        }
    }

    /// Of a number that is whole, however it is written, and that every reader reads alike: up to ±2⁵³.
    package var integer: Int64? {
        let whole: Int64? =
            switch self {
            case .integer(let whole): whole
            case .number(let number): Int64(exactly: number)
            default: nil
            }
        return whole.flatMap { $0.magnitude <= 1 << 53 ? $0 : nil }
    }

    /// A member of an object.
    package subscript(name: String) -> JSONValue? {
        if case .object(let object) = self { object[name] } else { nil }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(booleanLiteral value: Bool) { self = .boolean(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(JSONObject(Dictionary(elements) { _, last in last }))
    }
}
