import StrictJSON

extension JSONValue {
    /// As RFC 8785 has it: no spaces, names by their UTF-16, the shortest escapes and numbers.
    func writeCanonically(to text: inout [UInt8]) {
        switch self {
        case .null: text += "null".utf8
        case .boolean(let value): text += (value ? "true" : "false").utf8
        case .integer(let value): text += Double(value).canonicalText.utf8
        case .number(let value): text += value.canonicalText.utf8
        case .string(let value): Self.write(value, to: &text)
        case .array(let values):
            Self.write(values, between: ("[", "]"), to: &text) { $0.writeCanonically(to: &$1) }
        case .object(let object):
            let sorted = object.members.sorted { $0.key.utf16.lexicographicallyPrecedes($1.key.utf16) }
            Self.write(sorted, between: ("{", "}"), to: &text) { member, text in
                Self.write(member.key, to: &text)
                text += ":".utf8
                member.value.writeCanonically(to: &text)
            }
        }
    }

    private static func write<Item>(
        _ items: [Item], between brackets: (String, String), to text: inout [UInt8],
        _ write: (Item, inout [UInt8]) -> Void
    ) {
        text += brackets.0.utf8
        for (index, item) in items.enumerated() {
            if index > 0 { text += ",".utf8 }
            write(item, &text)
        }
        text += brackets.1.utf8
    }

    private static func write(_ value: String, to text: inout [UInt8]) {
        text += "\"".utf8
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): text += [UInt8(ascii: "\\"), byte]
            case 0x08: text += "\\b".utf8
            case 0x09: text += "\\t".utf8
            case 0x0A: text += "\\n".utf8
            case 0x0C: text += "\\f".utf8
            case 0x0D: text += "\\r".utf8
            case 0..<0x20:
                let hexadecimal = String(byte, radix: 16)
                text += "\\u00\(byte < 16 ? "0" : "")\(hexadecimal)".utf8
            default: text.append(byte)
            }
        }
        text += "\"".utf8
    }
}

extension Double {
    /// As ECMAScript writes a finite number (RFC 8785 §3.2.2.3): the shortest digits that read back as it.
    var canonicalText: String {
        guard self != 0 else { return "0" }
        // Swift finds the same digits, and sets them otherwise: 1e+16, 1e-05.
        let parts = magnitude.description.split(separator: "e")
        let halves = parts[0].split(separator: ".")
        let fraction = halves.count > 1 ? halves[1] : ""
        let leading = (halves[0] + fraction).prefix { $0 == "0" }.count
        var digits = String((halves[0] + fraction).dropFirst(leading))
        while digits.last == "0" { digits.removeLast() }
        /// Of the digits, those before the point; zero and below: zeros behind it.
        let point = halves[0].count - leading + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
        let sign = self < 0 ? "-" : ""
        switch point {
        case digits.count...max(21, digits.count) where point <= 21:
            return sign + digits + String(repeating: "0", count: point - digits.count)
        case 1...21: return sign + digits.prefix(point) + "." + digits.dropFirst(point)
        case -5...0: return sign + "0." + String(repeating: "0", count: -point) + digits
        default:
            let exponent = point - 1
            let rest = digits.count > 1 ? "." + digits.dropFirst() : ""
            return "\(sign)\(digits.prefix(1))\(rest)e\(exponent < 0 ? "-" : "+")\(exponent.magnitude)"
        }
    }
}
