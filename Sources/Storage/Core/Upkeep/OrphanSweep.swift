/// The keys that rows know.
public protocol ReferencedKeys: Sendable {
    /// Keys below `prefix` in byte order, each once, from after `last`; fewer than `limit` only at the end.
    ///
    /// In SQL: `ORDER BY object_key \(SQLDifference.byteOrder)`.
    func keys(prefix: String, after last: ObjectKey?, limit: Int) async throws -> [ObjectKey]

    /// Whether a row knows the key now.
    func isReferenced(_ key: ObjectKey) async throws -> Bool
}

/// Compares the objects below a prefix with the rows that know them: finds objects without a row, and rows without an
/// object.
///
/// Both are read once, in the same order, a page at a time: memory does not grow with their number. Nothing is removed
/// before both were read to the end, so a database that fails, or lists in another order, removes nothing.
public struct OrphanSweep: Sendable {
    /// How a removal is bounded.
    public struct Removal: Sendable {
        /// Younger objects stay: their row may be about to be written.
        public var grace: Duration
        /// Objects to remove at most.
        public var limit: Int
        /// Whether to remove although there is not a single row, which looks like the wrong database.
        public var evenWithoutRows: Bool

        public init(grace: Duration = .seconds(86_400), limit: Int = 1000, evenWithoutRows: Bool = false) {
            (self.grace, self.limit, self.evenWithoutRows) = (grace, limit, evenWithoutRows)
        }
    }

    let store: any ObjectStore
    let references: any ReferencedKeys
    let clock: any WallClock
    let mostNamed: Int

    /// - Parameter mostNamed: keys of each kind that one report names.
    public init(
        _ store: any ObjectStore, references: any ReferencedKeys, clock: any WallClock = SystemClock(),
        mostNamed: Int = 10_000
    ) {
        (self.store, self.references, self.clock, self.mostNamed) = (store, references, clock, mostNamed)
    }

    /// - Parameters:
    ///   - last: where an earlier report ended that had more than it could name: ``OrphanReport/last``.
    ///   - removal: nil to report only.
    /// - Throws: ``ObjectStoreError``, ``OrphanSweepError``, or what the references throw.
    public func run(
        prefix: String, after last: ObjectKey? = nil, removing removal: Removal? = nil
    ) async throws -> OrphanReport {
        var report = try await compare(prefix: prefix, after: last)
        guard let removal else { return report }
        guard report.rows > 0 || removal.evenWithoutRows else {
            report.wasSpared = !report.withoutRow.isEmpty
            return report
        }
        let oldest = clock.now() - removal.grace
        for key in report.withoutRow {
            try Task.checkCancellation()
            guard report.removed.count < removal.limit else { break }
            do {
                // Looked at once more: a row may have come meanwhile.
                let info = try await store.head(key)
                guard info.modified <= oldest, try await !references.isReferenced(key) else { continue }
                try await store.delete(key)
                report.removed.append(key)
                report.removedBytes += info.size
            } catch ObjectStoreError.notFound {
                continue
            } catch ObjectStoreError.corrupted {
                // How old it is cannot be told: a scrub reports it.
                continue
            }
        }
        return report
    }

    private func compare(prefix: String, after last: ObjectKey?) async throws -> OrphanReport {
        var report = OrphanReport(mostNamed: mostNamed)
        var objects = KeyWalk(store, prefix: prefix, after: last)
        var rows = Pages { try await references.keys(prefix: prefix, after: $0 ?? last, limit: KeyWalk.page) }
        var (object, row) = (try await objects.next(), try await rows.next())
        while object != nil || row != nil {
            try Task.checkCancellation()
            if let key = object, row.map({ key < $0 }) ?? true {
                report.note(object: key)
                report.objects += 1
                object = try await objects.next()
            } else if let key = row {
                if object == key {
                    report.objects += 1
                    object = try await objects.next()
                } else if try await isMissing(key) {
                    report.note(row: key)
                }
                report.rows += 1
                row = try await rows.next()
                guard row.map({ key < $0 }) ?? true else { throw OrphanSweepError.unsorted(after: key) }
            }
        }
        return report
    }

    /// Object and row may have come, or gone, together since the pages were read.
    private func isMissing(_ key: ObjectKey) async throws -> Bool {
        do {
            _ = try await store.head(key)
            return false
        } catch ObjectStoreError.notFound {
            return try await references.isReferenced(key)
        } catch ObjectStoreError.corrupted {
            return false
        }
    }
}

public struct OrphanReport: Equatable, Sendable {
    /// Compared.
    public internal(set) var objects = 0
    public internal(set) var rows = 0
    /// Objects that no row knows, in byte order.
    public internal(set) var withoutRow: [ObjectKey] = []
    /// Rows whose object is not there, in byte order. They are never removed: what they stand for is for a person to
    /// decide.
    public internal(set) var withoutObject: [ObjectKey] = []
    public internal(set) var removed: [ObjectKey] = []
    public internal(set) var removedBytes = 0
    /// Nothing was removed, because there was not a single row.
    public internal(set) var wasSpared = false
    /// When there are more of a kind than one report names: go on after this key. Of the other kind, keys after it may be
    /// named already. Nil when all are named.
    public internal(set) var last: ObjectKey?

    private let mostNamed: Int

    init(mostNamed: Int) {
        self.mostNamed = mostNamed
    }

    fileprivate mutating func note(object key: ObjectKey) {
        if hasRoom(after: withoutRow) { withoutRow.append(key) }
    }

    fileprivate mutating func note(row key: ObjectKey) {
        if hasRoom(after: withoutObject) { withoutObject.append(key) }
    }

    private mutating func hasRoom(after named: [ObjectKey]) -> Bool {
        guard named.count >= mostNamed, let end = named.last else { return true }
        last = min(last ?? end, end)
        return false
    }
}

public enum OrphanSweepError: Error, Equatable, Sendable, CustomStringConvertible {
    case unsorted(after: ObjectKey)

    public var description: String {
        switch self {
        case .unsorted(let key):
            "the keys of the rows do not come in byte order after '\(key)': order them by bytes, nothing was removed"
        }
    }
}
