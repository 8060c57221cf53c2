extension Backup {
    /// Brings a service back, onto whatever engine and store `target` has.
    ///
    /// First the objects, then the rows in one transaction: no row is ever without its object. A restore that was
    /// interrupted goes on when it is begun again. No other program should use the target meanwhile.
    ///
    /// - Parameters:
    ///   - rows: whether rows that are there may go. With ``LoadTarget/replaced`` the store may have other objects too; they
    ///     stay, and a sweep finds them.
    ///   - allowsLoss: whether to restore what there is of a backup that has lost objects.
    /// - Returns: what was copied; objects that are damaged in the backup are named there, and are not copied.
    /// - Throws: ``BackupError``, ``DumpError``, ``DatabaseError``, ``ObjectStoreError``, `CancellationError`. A backup that
    ///   is not as it was written changes nothing.
    public func restore(
        to target: BackupSource, into rows: LoadTarget = .empty, allowingLoss allowsLoss: Bool = false,
        at now: Timestamp, progress: @escaping @Sendable (BackupProgress) -> Void = { _ in }
    ) async throws -> ObjectCopyReport {
        let (manifest, kept) = (try manifest(), keptObjects())
        let (header, summary) = try await blocking { [dump] () throws(DumpError) in try DumpReader.verify(dump) }
        guard summary == manifest.database else {
            throw BackupError.otherDump(folder)
        }
        try header.ledger.checkAll(against: target.sets)
        if !allowsLoss { try await check(kept, against: manifest) }
        if case .empty = rows {
            try await target.database.checkEmpty(target.sets)
            try await Self.check(target.objects, hasOnlyObjectsOf: kept)
        }
        let copied = try await kept.copyMissing(to: target.objects) { progress(.objects($0)) }
        _ = try await target.database.load(dump, target.sets, into: rows, at: now) { progress(.rows($0)) }
        return copied
    }

    /// How long a damaged object was cannot be told.
    private func check(_ kept: any ObjectStore, against manifest: BackupManifest) async throws {
        let found = try await StoreContent(of: kept)
        guard found.objects == manifest.objects else {
            throw BackupError.objectsLost(
                folder, reason: "\(found.objects) objects are there, \(manifest.objects) were kept")
        }
        guard found.bytes == manifest.bytes || !found.damaged.isEmpty else {
            throw BackupError.objectsLost(
                folder, reason: "its objects have \(found.bytes) bytes, \(manifest.bytes) were kept")
        }
    }

    /// An earlier attempt may have brought some of them.
    private static func check(_ store: any ObjectStore, hasOnlyObjectsOf kept: any ObjectStore) async throws {
        var (present, own) = (KeyWalk(store, prefix: ""), KeyWalk(kept, prefix: ""))
        var known = try await own.next()
        while let key = try await present.next() {
            while let other = known, other < key { known = try await own.next() }
            guard known == key, try await mayBeSame(key, in: store, kept) else { throw BackupError.storeNotEmpty(key) }
        }
    }

    /// A damaged one, of which nothing can be told, may be.
    private static func mayBeSame(
        _ key: ObjectKey, in store: any ObjectStore, _ kept: any ObjectStore
    ) async throws(ObjectStoreError) -> Bool {
        do throws(ObjectStoreError) {
            return try await store.head(key).isSame(as: kept.head(key))
        } catch {
            switch error {
            case .notFound, .corrupted: return true
            default: throw error
            }
        }
    }
}
