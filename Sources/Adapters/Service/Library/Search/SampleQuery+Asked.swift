import AudioCore
import SampleLibrary
import Storage

/// A query as it comes from outside: names and values that are texts.
extension SampleQuery {
    /// The names of what can be asked for.
    public static let parameters = [
        "q", "kind", "role", "bpm_min", "bpm_max", "key", "compatible", "duration_min", "duration_max", "tags",
        "collection", "hidden", "sort",
    ]
    /// What samples can be sorted by: `-` before it for the other direction.
    public static let sorts = SampleOrder.bySort.keys.sorted()
    private static let (longestText, mostValues) = (200, 20)

    /// - Parameter value: of a name in ``parameters``; nil where it is not asked for. Several kinds, roles or tags have
    ///   commas between them.
    /// - Throws: ``ServiceError`` `.invalid` naming the first that cannot be.
    public init(asked value: (String) -> String?) throws(ServiceError) {
        self.init()
        text = value("q") ?? ""
        guard text.utf8.count <= Self.longestText, !text.hasControlCharacter else {
            throw .invalid(
                field: "q", "'q' is words, at most \(Self.longestText) bytes of them, without control characters")
        }
        kinds = try Self.list("kind", value("kind"), SoundKind.allCases.map(\.rawValue), SoundKind.init)
        roles = try Self.list("role", value("role"), Role.allCases.map(\.rawValue), Role.init)
        tags = try Self.list("tags", value("tags"), nil, SampleTag.init)
        tempo = try Self.range("bpm", value)
        duration = try Self.range("duration", value)
        isHidden = try Self.flag("hidden", value("hidden"))
        let widens = try Self.flag("compatible", value("compatible"))
        if let text = value("key") {
            guard let key = Key(asked: text) else {
                throw .invalid(field: "key", "'key' is a place on the Camelot wheel, as '8A', or a name, as 'A minor'")
            }
            keys = widens ? key.compatible : [key]
        }
        if let text = value("collection") {
            // What is no name can be nobody's.
            guard let id = CollectionID(text) else { throw .notFound("collection") }
            collection = id
        }
        if let text = value("sort") {
            guard let order = SampleOrder(asked: text) else {
                let known = Self.sorts.joined(separator: ", ")
                throw .invalid(field: "sort", "'sort' is one of \(known), with '-' before it for the other direction")
            }
            self.order = order
        }
    }

    private static func list<Value: Hashable>(
        _ name: String, _ text: String?, _ known: [String]?, _ make: (String) -> Value?
    ) throws(ServiceError) -> Set<Value> {
        guard let text else { return [] }
        let parts = text.split(separator: ",").map(String.init)
        let values = parts.compactMap(make)
        guard !parts.isEmpty, values.count == parts.count, parts.count <= mostValues else {
            let words = known.map { "some of \($0.joined(separator: ", "))" } ?? "at most \(mostValues) tags"
            throw .invalid(field: name, "'\(name)' is \(words), with commas between them")
        }
        return Set(values)
    }

    private static func range(
        _ name: String, _ value: (String) -> String?
    ) throws(ServiceError) -> ClosedRange<Double>? {
        let (low, high) = (try number("\(name)_min", value), try number("\(name)_max", value))
        guard low != nil || high != nil else { return nil }
        let (least, most) = (low ?? 0, high ?? .greatestFiniteMagnitude)
        guard least <= most else {
            throw .invalid(field: "\(name)_max", "'\(name)_max' is less than '\(name)_min': exchange them")
        }
        return least...most
    }

    private static func number(_ name: String, _ value: (String) -> String?) throws(ServiceError) -> Double? {
        guard let text = value(name) else { return nil }
        guard text.utf8.count <= 32, let number = Double(text), number.isFinite, number >= 0 else {
            throw .invalid(field: name, "'\(name)' is a number, 0 or more")
        }
        return number
    }

    private static func flag(_ name: String, _ text: String?) throws(ServiceError) -> Bool {
        switch text {
        case "true": return true
        case "false", nil: return false
        default: throw .invalid(field: name, "'\(name)' is 'true' or 'false'")
        }
    }
}

extension SampleOrder {
    fileprivate static let bySort: [String: SampleOrder] = [
        "newest": SampleOrder(.added, .descending), "name": SampleOrder(.name), "bpm": SampleOrder(.tempo),
        "key": SampleOrder(.key), "duration": SampleOrder(.duration), "loudness": SampleOrder(.loudness),
    ]

    fileprivate init?(asked text: String) {
        let isTurned = text.hasPrefix("-")
        guard let order = Self.bySort[String(isTurned ? text.dropFirst() : text[...])] else { return nil }
        self = order
        if isTurned { direction = direction == .ascending ? .descending : .ascending }
    }
}
