import AudioCore
import Storage

/// How many of the samples that fit a query have what: for filters that show where they lead.
public struct SampleCounts: Equatable, Sendable {
    public var total = 0
    public var kinds: [SoundKind: Int] = [:]
    public var roles: [Role: Int] = [:]
    public var keys: [Key: Int] = [:]
    /// Beats per minute of those that have a tempo; nil where none has.
    public var tempo: ClosedRange<Double>?
    /// Seconds; nil where there are no samples.
    public var duration: ClosedRange<Double>?
    /// The most frequent first, of equally frequent ones in order of their letters.
    public var tags: [TagCount] = []

    public init() {}
}

/// A tag, and on how many samples it is.
public struct TagCount: Equatable, Sendable {
    public let tag: SampleTag
    public let count: Int

    public init(tag: SampleTag, count: Int) {
        (self.tag, self.count) = (tag, count)
    }
}

extension SampleCatalog {
    /// Most tags that ``counts(of:owner:in:)`` gives.
    public static let mostCountedTags = 50

    /// Cost: one walk over an index of the account's own rows, and one over its tags.
    public func counts(
        of query: SampleQuery, owner: AccountID, in session: any ReadSession
    ) throws -> SampleCounts {
        let fits = query.condition(owner, by: nil)
        let groups = try session.rows(
            """
            SELECT f.kind, f.role, f.key_place, COUNT(*) AS n, MIN(NULLIF(f.bpm, 0)) AS slowest, MAX(f.bpm) AS fastest,
                MIN(f.duration) AS shortest, MAX(f.duration) AS longest
            FROM sample_facets f WHERE \(fits) GROUP BY f.kind, f.role, f.key_place
            """)
        var counts = try groups.reduce(into: SampleCounts()) { try $0.add($1) }
        let found: SQL = "sample_id IN (SELECT f.id FROM sample_facets f WHERE \(fits))"
        counts.tags = try session.rows(
            """
            SELECT tag, COUNT(*) AS n FROM sample_tags
            WHERE owner = \(owner) AND \(query.isOpen ? Self.shown(of: owner) : found)
            GROUP BY tag ORDER BY n DESC, tag LIMIT \(Self.mostCountedTags)
            """
        ).map { TagCount(tag: try $0.get("tag"), count: try $0.get("n")) }
        return counts
    }

    /// The tags of an account in order of their letters, and on how many samples that are shown each is.
    ///
    /// - Parameter last: the last tag of the page before; nil for the first page.
    /// - Returns: at most one more than `limit`.
    public func tagCounts(
        of owner: AccountID, after last: String?, limit: Int, in session: any ReadSession
    ) throws -> [TagCount] {
        try session.rows(
            """
            SELECT tag, COUNT(*) AS n FROM sample_tags
            WHERE owner = \(owner) AND tag > \(last ?? "") AND \(Self.shown(of: owner))
            GROUP BY tag ORDER BY tag LIMIT \(limit + 1)
            """
        ).map { TagCount(tag: try $0.get("tag"), count: try $0.get("n")) }
    }

    /// On `sample_tags`. Few are hidden, so they are told by what they are not.
    private static func shown(of owner: AccountID) -> SQL {
        "sample_id NOT IN (SELECT f.id FROM sample_facets f WHERE f.owner = \(owner) AND f.hidden = 1)"
    }
}

extension SampleQuery {
    /// Whether all that is shown fits.
    fileprivate var isOpen: Bool {
        var open = SampleQuery()
        open.order = order
        return self == open
    }
}

extension SampleCounts {
    /// A group of samples of one kind, role and key.
    fileprivate mutating func add(_ row: Row) throws {
        let count: Int = try row.get("n")
        total += count
        if let kind = SoundKind(rawValue: try row.get("kind")) { kinds[kind, default: 0] += count }
        if let role = Role(rawValue: try row.get("role")) { roles[role, default: 0] += count }
        if let key = Key.byWheelPlace[try row.get("key_place")] { keys[key, default: 0] += count }
        if let slowest: Double = try row.get(optional: "slowest") {
            tempo = Self.union(tempo, slowest, try row.get("fastest"))
        }
        duration = Self.union(duration, try row.get("shortest"), try row.get("longest"))
    }

    private static func union(_ range: ClosedRange<Double>?, _ low: Double, _ high: Double) -> ClosedRange<Double> {
        let (low, high) = (min(range?.lowerBound ?? low, low), max(range?.upperBound ?? high, high))
        return low...max(low, high)
    }
}
