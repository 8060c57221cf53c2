/// Reads every object, and finds those that are not what was put.
///
/// A ``LocalObjectStore`` knows the SHA-256 of each. Of other stores, those are verified whose SHA-256 the store keeps,
/// and of the rest the length. One chunk is in memory at a time.
public struct Scrub: Sendable {
    let store: any ObjectStore

    public init(_ store: any ObjectStore) {
        self.store = store
    }

    /// - Parameters:
    ///   - last: where an earlier scrub stopped: ``ScrubReport/last``.
    ///   - progress: called after each object, with what was found so far.
    /// - Throws: ``ObjectStoreError`` when the store cannot be read, `CancellationError`. A damaged object is reported,
    ///   not thrown.
    public func run(
        prefix: String = "", after last: ObjectKey? = nil,
        progress: @Sendable (ScrubReport) -> Void = { _ in }
    ) async throws -> ScrubReport {
        var report = ScrubReport(last: last)
        var keys = Pages<ObjectKey> { [store] key in
            try await store.listKeys(prefix: prefix, after: key ?? last, limit: KeyWalk.page)
        }
        while let key = try await keys.next() {
            try Task.checkCancellation()
            do {
                report.bytes += try await verify(key)
                report.objects += 1
            } catch ObjectStoreError.corrupted {
                report.objects += 1
                report.damaged.append(key)
            } catch ObjectStoreError.notFound {
                // Removed since it was listed.
            }
            report.last = key
            progress(report)
        }
        return report
    }

    /// - Returns: how many bytes it has.
    private func verify(_ key: ObjectKey) async throws -> Int {
        let body = try await store.get(key)
        var count = 0
        for try await chunk in body.stream { count += chunk.count }
        guard count == body.info.size else { throw ObjectStoreError.corrupted(key) }
        return count
    }
}

public struct ScrubReport: Equatable, Sendable {
    /// Read.
    public internal(set) var objects = 0
    /// Of the whole ones.
    public internal(set) var bytes = 0
    public internal(set) var damaged: [ObjectKey] = []
    /// The key read last.
    public internal(set) var last: ObjectKey?
}
