import CLibPQ

/// What one connection has prepared: the statements used last.
///
/// A statement is prepared when it comes for the second time: what comes once, as a migration, costs one round trip.
struct StatementCache {
    /// The same text with parameters of other types is another statement.
    struct Key: Hashable {
        let text: String
        let types: [Oid]
    }

    enum Advice: Equatable {
        /// Not seen before.
        case sendWhole
        case prepare(name: String)
        case use(name: String)
    }

    private struct Entry {
        var name: String?
        var lastUse: Int
    }

    private let capacity: Int
    private var entries: [Key: Entry] = [:]
    private var uses = 0

    init(capacity: Int) {
        self.capacity = capacity
    }

    /// How to run `key`, and the statement that gives up its place, to be deallocated.
    mutating func advice(for key: Key) -> (advice: Advice, evicted: String?) {
        uses += 1
        if let entry = entries[key] {
            if let name = entry.name {
                entries[key]?.lastUse = uses
                return (.use(name: name), nil)
            }
            entries[key]?.lastUse = uses
            return (.prepare(name: "s\(uses)"), nil)
        }
        guard capacity > 0 else { return (.sendWhole, nil) }
        var evicted: String?
        if entries.count >= capacity, let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse })?.key {
            evicted = entries.removeValue(forKey: oldest)?.name
        }
        entries[key] = Entry(name: nil, lastUse: uses)
        return (.sendWhole, evicted)
    }

    mutating func prepared(_ key: Key, as name: String) {
        entries[key]?.name = name
    }

    mutating func removeAll() {
        entries = [:]
    }
}
