import AudioCore
import SampleLibrary
import Storage
import WaxwingService

struct CollectionView: Described {
    let id: String
    let name: String
    @ExplicitNull var parent: String?
    /// Null for one that is filled by hand.
    @ExplicitNull var rules: RulesView?
    /// How many are in it now; null in lists.
    @ExplicitNull var samples: Int?
    let createdAt: Timestamp

    init(_ collection: SampleCollection) {
        (id, name, parent) = (collection.id.text, collection.name, collection.parent?.text)
        (rules, createdAt) = (collection.rules.map(RulesView.init), collection.createdAt)
    }

    init(_ report: CollectionReport) {
        self.init(report.collection)
        samples = report.samples
    }

    private init(example: Void) {
        (id, name, parent, rules) = (.exampleID, "Slow drums", .exampleID, .example)
        (samples, createdAt) = (12, .example)
    }

    static let example = CollectionView(example: ())
}

/// A key as clients name it: `8A`.
private struct CamelotCode: RawRepresentable, CaseIterable, Encodable {
    static let allCases = Key.allCases.map { CamelotCode($0) }
        .sorted { ($0.rawValue.utf8.count, $0.rawValue) < ($1.rawValue.utf8.count, $1.rawValue) }

    let rawValue: String

    init?(rawValue: String) {
        guard Self.allCases.contains(where: { $0.rawValue == rawValue }) else { return nil }
        self.rawValue = rawValue
    }

    init(_ key: Key) { rawValue = key.camelot }
}

/// Rules of a collection: what is left out does not matter.
struct RulesView: DescribedBody {
    let query: SampleQuery

    init(_ query: SampleQuery) {
        self.query = query
    }

    init(from decoder: any Decoder) throws {
        query = try decoder.whole { try SampleQuery(from: $0) }
    }

    func encode(to encoder: any Encoder) throws {
        func choices<Value: Choice>(_ values: some Sequence<Value>) -> [Value]? {
            let sorted = values.sorted { $0.rawValue < $1.rawValue }
            return sorted.isEmpty ? nil : sorted
        }
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(query.text.isEmpty ? nil : query.text, forKey: .text)
        try container.encodeIfPresent(query.tempo?.lowerBound, forKey: .tempoFrom)
        try container.encodeIfPresent(query.tempo?.end, forKey: .tempoTo)
        try container.encodeIfPresent(query.duration?.lowerBound, forKey: .durationFrom)
        try container.encodeIfPresent(query.duration?.end, forKey: .durationTo)
        try container.encodeIfPresent(choices(query.keys.map { CamelotCode($0) }), forKey: .keys)
        try container.encodeIfPresent(query.tags.isEmpty ? nil : query.tags.map(\.text).sorted(), forKey: .tags)
        try container.encodeIfPresent(choices(query.kinds), forKey: .kinds)
        try container.encodeIfPresent(choices(query.roles), forKey: .roles)
        try container.encodeIfPresent(query.isHidden ? true : nil, forKey: .hidden)
        try container.encodeIfPresent(query.order.property, forKey: .sort)
        try container.encodeIfPresent(query.order.direction, forKey: .direction)
    }

    private enum CodingKeys: String, CodingKey {
        case text, keys, tags, kinds, roles, hidden, sort, direction
        case tempoFrom = "tempo_from"
        case tempoTo = "tempo_to"
        case durationFrom = "duration_from"
        case durationTo = "duration_to"
    }

    static let example: RulesView = {
        var query = SampleQuery()
        (query.text, query.tempo, query.duration) = ("kick", 70...95, 0.1...2)
        (query.kinds, query.roles) = ([.oneShot], [.kick])
        if let key = Key.allCases.first { query.keys = [key] }
        if let tag = SampleTag("vinyl") { query.tags = [tag] }
        query.isHidden = true
        return RulesView(query)
    }()
}
