import Storage

/// Samples an owner put together: by hand, in an order of their own, or by rules that are judged whenever it is opened.
public struct SampleCollection: Equatable, Sendable {
    public let id: CollectionID
    public let owner: AccountID
    /// Nil for one that stands by itself.
    public let parent: CollectionID?
    /// 1…200 bytes.
    public let name: String
    /// Nil for one that is filled by hand.
    public let rules: SampleQuery?
    public let createdAt: Timestamp

    /// How deep collections may be put into each other.
    public static var deepest: Int { Nesting<SampleCollection>.deepest }
    /// How many samples are put in at once.
    public static let largestBatch = 1_000
}

public typealias CollectionID = Identifier<SampleCollection>

extension SampleCollection {
    init(_ row: Row) throws {
        let rules: String? = try row.get(optional: "rules")
        self.init(
            id: try row.get("id"), owner: try row.get("owner"), parent: try row.get(optional: "parent"),
            name: try row.get("name"), rules: try rules.map(SampleQuery.init(json:)),
            createdAt: try row.get("created_at"))
    }
}
