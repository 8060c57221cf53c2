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
        to target: any ObjectStore, prefix: String = "", width: Int = 16,
        progress: @escaping @Sendable (ObjectCopyReport) -> Void = { _ in }
    ) async throws -> ObjectCopyReport {
        var (source, there) = (KeyWalk(self, prefix: prefix), KeyWalk(target, prefix: prefix))
        var (report, known) = (ObjectCopyReport(), try await there.next())
        try await withThrowingTaskGroup(of: ObjectCopy.self) { group in
            var under = 0
            while let key = try await source.next() {
                try Task.checkCancellation()
                while let other = known, other < key { known = try await there.next() }
                let isListed = known == key
                if under == width, let copy = try await group.next() {
                    under -= 1
                    report.add(copy)
                    progress(report)
                }
                group.addTask { try await self.copy(key, to: target, unlessThere: isListed) }
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

    /// - Parameter isListed: whether the target has the key, perhaps with other bytes.
    private func copy(
        _ key: ObjectKey, to target: any ObjectStore, unlessThere isListed: Bool
    ) async throws -> ObjectCopy {
        do throws(ObjectStoreError) {
            if isListed, try await hasSame(key, as: target) { return .present }
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

    /// One that is damaged there, so that nothing can be told of it, is not the same: it is put anew.
    private func hasSame(_ key: ObjectKey, as target: any ObjectStore) async throws(ObjectStoreError) -> Bool {
        let info = try await head(key)
        do throws(ObjectStoreError) {
            return try await target.head(key).isSame(as: info)
        } catch {
            switch error {
            case .notFound(key), .corrupted(key): return false
            default: throw error
            }
        }
    }
}

private enum ObjectCopy {
    case copied(Int)
    case present
    /// Deleted since it was listed.
    case gone
    case damaged(ObjectKey)
}

extension ObjectCopyReport {
    fileprivate mutating func add(_ copy: ObjectCopy) {
        switch copy {
        case .copied(let size): (copied, bytes) = (copied + 1, bytes + size)
        case .present: present += 1
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
