import StrictJSON

/// What a service tells of one thing, for people.
extension JSONValue {
    /// Empty for what is no list.
    var items: [JSONValue] { if case .array(let items) = self { items } else { [] } }

    /// Empty for what is no object.
    var members: [String: JSONValue] { if case .object(let object) = self { object.members } else { [:] } }

    /// Names and values, one a line; of long lists how long they are.
    func lines(indent: String = "") -> String {
        guard case .object(let object) = self else { return "" }
        return object.members.sorted { $0.key < $1.key }.map { name, value in
            let title = "\(indent)\(name.printable): "
            return switch value {
            case .object: "\(indent)\(name.printable):\n" + value.lines(indent: indent + "  ")
            case .array(let items) where items.count > 12 || items.contains { !$0.isPlain }:
                title + "\(items.count) values\n"
            case .array(let items): title + items.map(\.word).joined(separator: ", ") + "\n"
            default: title + value.word + "\n"
            }
        }.joined()
    }

    private var isPlain: Bool {
        switch self {
        case .object, .array: false
        default: true
        }
    }

    /// A dash for what there is not.
    var word: String {
        switch self {
        case .null: "–"
        case .boolean(let value): value ? "yes" : "no"
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .string(let text): text.printable
        case .array, .object: "…"
        }
    }
}

extension JSONValue? {
    var word: String { (self ?? .null).word }
}
