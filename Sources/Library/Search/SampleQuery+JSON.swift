import AudioCore
import Foundation
import Storage

/// Rules are kept and sent as JSON; what is left out does not matter.
extension SampleQuery: Codable {
    private enum CodingKeys: String, CodingKey {
        case text, keys, tags, kinds, roles
        case tempoFrom = "tempo_from"
        case tempoTo = "tempo_to"
        case durationFrom = "duration_from"
        case durationTo = "duration_to"
        case isHidden = "hidden"
        case order = "sort"
        case direction
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func list<Value>(_ key: CodingKeys, _ make: (String) -> Value?) throws -> Set<Value> {
            try Set(
                (container.decodeIfPresent([String].self, forKey: key) ?? []).map { text in
                    guard let value = make(text) else {
                        throw DecodingError.dataCorruptedError(
                            forKey: key, in: container, debugDescription: "no such value")
                    }
                    return value
                })
        }
        func range(_ from: CodingKeys, _ to: CodingKeys) throws -> ClosedRange<Double>? {
            let (low, high) = try (
                container.decodeIfPresent(Double.self, forKey: from), container.decodeIfPresent(Double.self, forKey: to)
            )
            guard low != nil || high != nil else { return nil }
            guard low ?? 0 <= high ?? .greatestFiniteMagnitude else {
                throw DecodingError.dataCorruptedError(
                    forKey: to, in: container, debugDescription: "smaller than where the range begins")
            }
            return (low ?? 0)...(high ?? .greatestFiniteMagnitude)
        }
        text = try container.decodeIfPresent(String.self, forKey: .text) ?? ""
        tempo = try range(.tempoFrom, .tempoTo)
        duration = try range(.durationFrom, .durationTo)
        keys = try list(.keys) { code in Key.allCases.first { $0.camelot == code } }
        tags = try list(.tags) { SampleTag($0) }
        kinds = try list(.kinds) { SoundKind(rawValue: $0) }
        roles = try list(.roles) { Role(rawValue: $0) }
        isHidden = try container.decodeIfPresent(Bool.self, forKey: .isHidden) ?? false
        let property = try container.decodeIfPresent(SampleOrder.Property.self, forKey: .order)
        let direction = try container.decodeIfPresent(SampleOrder.Direction.self, forKey: .direction)
        order = SampleOrder(property ?? .added, direction ?? (property == nil ? .descending : .ascending))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        if !text.isEmpty { try container.encode(text, forKey: .text) }
        try container.encodeIfPresent(tempo?.lowerBound, forKey: .tempoFrom)
        try container.encodeIfPresent(tempo?.end, forKey: .tempoTo)
        try container.encodeIfPresent(duration?.lowerBound, forKey: .durationFrom)
        try container.encodeIfPresent(duration?.end, forKey: .durationTo)
        func put(_ values: [String], _ key: CodingKeys) throws {
            if !values.isEmpty { try container.encode(values.sorted(), forKey: key) }
        }
        try put(keys.map(\.camelot), .keys)
        try put(tags.map(\.text), .tags)
        try put(kinds.map(\.rawValue), .kinds)
        try put(roles.map(\.rawValue), .roles)
        if isHidden { try container.encode(true, forKey: .isHidden) }
        try container.encode(order.property, forKey: .order)
        try container.encode(order.direction, forKey: .direction)
    }

    init(json: String) throws { self = try JSONDecoder().decode(SampleQuery.self, from: Data(json.utf8)) }
}

extension ClosedRange<Double> {
    /// Nil where it has none: then it is kept with the greatest number there is.
    package var end: Double? { upperBound < .greatestFiniteMagnitude ? upperBound : nil }
}

extension SampleOrder.Property: Codable {}
extension SampleOrder.Direction: Codable {}
