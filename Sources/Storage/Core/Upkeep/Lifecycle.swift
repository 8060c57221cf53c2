/// How long the objects below a prefix live.
public struct LifecycleRule: Equatable, Sendable {
    public let prefix: String
    public let life: Duration

    /// - Parameter prefix: not empty: no rule is for everything.
    /// - Throws: ``ObjectStoreError/refused(_:)`` for an empty prefix, or a life that is not positive.
    public init(prefix: String, life: Duration) throws(ObjectStoreError) {
        guard !prefix.isEmpty, life > .zero else {
            throw .refused("a rule needs a prefix, and a life longer than nothing")
        }
        self.init(checked: prefix, life)
    }

    private init(checked prefix: String, _ life: Duration) {
        (self.prefix, self.life) = (prefix, life)
    }

    /// `uploads-pending/`, 24 hours.
    public static let pendingUploads = LifecycleRule(checked: "uploads-pending/", .seconds(86_400))
    /// `exports/`, 7 days.
    public static let exports = LifecycleRule(checked: "exports/", .seconds(604_800))
    /// `pictures/`, 7 days: what can be drawn again.
    public static let pictures = LifecycleRule(checked: "pictures/", .seconds(604_800))
}

/// Removes what has lived as long as its rule says, on any store: also uploads in parts that nobody ended.
public struct Lifecycle: Sendable {
    /// Objects that cannot be removed, after which a sweep gives up.
    static let mostFailures = 100

    let store: any ObjectStore
    let rules: [LifecycleRule]
    let clock: any WallClock

    public init(
        _ store: any ObjectStore, rules: [LifecycleRule] = [.pendingUploads, .exports],
        clock: any WallClock = SystemClock()
    ) {
        (self.store, self.rules, self.clock) = (store, rules, clock)
    }

    /// One walk over the keys of each rule; a request for each of their objects.
    ///
    /// An object that is replaced between the look at its age and its removal goes with it: keys under a rule should be
    /// written once.
    ///
    /// - Parameters:
    ///   - limit: objects to remove at most.
    ///   - isNeeded: asked about each object that is old enough; what is needed stays.
    /// - Throws: ``ObjectStoreError`` if the store cannot be listed, or what `isNeeded` throws: nothing more is removed
    ///   then. An object that cannot be removed does not hold up the others.
    public func sweep(
        limit: Int = 1000, isNeeded: @Sendable (ObjectInfo) async throws -> Bool = { _ in false }
    ) async throws -> LifecycleSweep {
        var sweep = LifecycleSweep()
        for rule in rules {
            let oldest = clock.now() - rule.life
            try await abortUploads(prefix: rule.prefix, begunBefore: oldest, &sweep)
            var keys = KeyWalk(store, prefix: rule.prefix)
            while let key = try await keys.next() {
                try Task.checkCancellation()
                guard sweep.removed < limit, sweep.failed.count < Self.mostFailures else {
                    sweep.isComplete = false
                    return sweep
                }
                do {
                    let info = try await store.head(key)
                    guard info.modified <= oldest, try await !isNeeded(info) else { continue }
                    try await store.delete(key)
                    (sweep.removed, sweep.bytes) = (sweep.removed + 1, sweep.bytes + info.size)
                } catch ObjectStoreError.notFound {
                    continue
                } catch is ObjectStoreError {
                    sweep.failed.append(key)
                }
            }
        }
        return sweep
    }

    /// One that cannot be dropped does not hold up the others.
    private func abortUploads(
        prefix: String, begunBefore oldest: Timestamp, _ sweep: inout LifecycleSweep
    ) async throws {
        guard let store = store as? any MultipartUploading else { return }
        for upload in try await store.uploads(prefix: prefix) where upload.begun < oldest {
            do throws(ObjectStoreError) {
                try await store.abort(upload)
                sweep.uploads += 1
            } catch {
                sweep.failed.append(upload.key)
            }
        }
    }
}

/// What a sweep by ``Lifecycle`` did.
public struct LifecycleSweep: Equatable, Sendable {
    public internal(set) var removed = 0
    /// Of the removed objects.
    public internal(set) var bytes = 0
    /// Uploads in parts that were dropped.
    public internal(set) var uploads = 0
    /// Could not be looked at or removed, they or an upload in parts to them.
    public internal(set) var failed: [ObjectKey] = []
    /// False when the limit was reached: sweep again.
    public internal(set) var isComplete = true

    public init() {}
}
