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
        var keys = KeyWalk(store, prefix: prefix, after: last)
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

    /// Puts damaged objects anew, from another store that has them whole.
    ///
    /// A key is never put twice with different bytes, so what was kept under it once is what it was. The service may run
    /// meanwhile: an object that was deleted since stays deleted, and whole ones stay as they are.
    ///
    /// - Returns: the keys whose objects are still damaged: the other store has them not, or damaged too.
    /// - Throws: ``ObjectStoreError`` of either store, `CancellationError`.
    public func repair(_ damaged: [ObjectKey], from other: any ObjectStore) async throws -> [ObjectKey] {
        var left: [ObjectKey] = []
        for key in damaged {
            try Task.checkCancellation()
            guard try await isDamaged(key) else { continue }
            do throws(ObjectStoreError) {
                let body = try await other.get(key)
                _ = try await store.put(body.stream, at: key, body.info.attributes, if: .always)
            } catch {
                switch error {
                case .notFound(key), .corrupted(key): left.append(key)
                case .bodyFailed(ObjectStoreError.corrupted(key)): left.append(key)
                default: throw error
                }
                continue
            }
            if try await isDamaged(key) { left.append(key) }
        }
        return left
    }

    /// False for one that is not there.
    private func isDamaged(_ key: ObjectKey) async throws -> Bool {
        do {
            _ = try await verify(key)
            return false
        } catch ObjectStoreError.corrupted {
            return true
        } catch ObjectStoreError.notFound {
            return false
        }
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
