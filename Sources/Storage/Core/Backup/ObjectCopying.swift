/// What a copy of a whole store did.
public struct ObjectCopyReport: Codable, Equatable, Sendable {
    /// Objects that the target did not have, or had otherwise.
    public internal(set) var copied = 0
    /// Objects that were there already.
    public internal(set) var present = 0
    /// Of the objects copied.
    public internal(set) var bytes = 0
    /// Objects whose bytes are not those that were put. They are not copied.
    public internal(set) var damaged: [ObjectKey] = []

    public init() {}

    static func + (a: ObjectCopyReport, b: ObjectCopyReport) -> ObjectCopyReport {
        var sum = a
        sum.copied += b.copied
        sum.present = b.present
        sum.bytes += b.bytes
        sum.damaged = Array(Set(a.damaged + b.damaged)).sorted()
        return sum
    }
}

extension ObjectStore {
    /// Copies every object that `target` does not have, with its attributes; a copy that was interrupted goes on there.
    ///
    /// An object is taken for the same when its size is, and its SHA-256 where both stores tell it: a key is never put
    /// twice with different bytes. What is deleted meanwhile is left out. Every byte is checked against the SHA-256 that
    /// was kept when it was put.
    ///
    /// - Parameters:
    ///   - width: how many objects are on their way at once.
    ///   - progress: told after each object.
    /// - Throws: ``ObjectStoreError`` of either store, `CancellationError`.
    @discardableResult
    public func copyMissing(
        to target: any ObjectStore, prefix: String = "", width: Int = 8,
        progress: @escaping @Sendable (ObjectCopyReport) -> Void = { _ in }
    ) async throws -> ObjectCopyReport {
        var (source, there) = (ObjectWalk(self, prefix: prefix), ObjectWalk(target, prefix: prefix))
        var (report, known) = (ObjectCopyReport(), try await there.next())
        try await withThrowingTaskGroup(of: ObjectCopy.self) { group in
            var under = 0
            while let object = try await source.next() {
                try Task.checkCancellation()
                while let other = known, other.key < object.key { known = try await there.next() }
                if let known, known.isSame(as: object) {
                    report.present += 1
                    progress(report)
                    continue
                }
                if under == width, let copy = try await group.next() {
                    under -= 1
                    report.add(copy)
                    progress(report)
                }
                group.addTask { try await self.copy(object.key, to: target) }
                under += 1
            }
            for try await copy in group {
                report.add(copy)
                progress(report)
            }
        }
        report.damaged.sort()
        return report
    }

    private func copy(_ key: ObjectKey, to target: any ObjectStore) async throws -> ObjectCopy {
        do throws(ObjectStoreError) {
            let body = try await get(key)
            do throws(ObjectStoreError) {
                return .copied(try await target.put(body.stream, at: key, body.info.attributes, if: .always).size)
            } catch .bodyFailed(let error as ObjectStoreError) {
                throw error
            }
        } catch {
            switch error {
            case .notFound(key): return .gone
            case .corrupted(key): return .damaged(key)
            case .bodyFailed(let reason): throw reason
            default: throw error
            }
        }
    }
}

private enum ObjectCopy {
    case copied(Int)
    /// Deleted since it was listed.
    case gone
    case damaged(ObjectKey)
}

extension ObjectCopyReport {
    fileprivate mutating func add(_ copy: ObjectCopy) {
        switch copy {
        case .copied(let size): (copied, bytes) = (copied + 1, bytes + size)
        case .gone: break
        case .damaged(let key): damaged.append(key)
        }
    }
}

extension ObjectInfo {
    func isSame(as other: ObjectInfo) -> Bool {
        guard key == other.key, size == other.size else { return false }
        // Stores whose etag is something else, as that of an upload in parts, do not tell.
        return etag.utf8.count != 64 || other.etag.utf8.count != 64 || etag == other.etag
    }
}

/// All objects of a store in the order of their keys, a page at a time.
struct ObjectWalk {
    private let store: any ObjectStore
    private let prefix: String
    private var page: ArraySlice<ObjectInfo> = []
    private var last: ObjectKey?
    private var isOver = false

    init(_ store: any ObjectStore, prefix: String = "") {
        (self.store, self.prefix) = (store, prefix)
    }

    mutating func next() async throws(ObjectStoreError) -> ObjectInfo? {
        while page.isEmpty, !isOver {
            let found = try await store.list(prefix: prefix, after: last, limit: 1000)
            (page, last, isOver) = (found.objects[...], found.next, found.next == nil)
        }
        return page.popFirst()
    }
}
