extension Backup {
    /// Brings a service back, onto whatever engine and store `target` has.
    ///
    /// First the objects, then the rows in one transaction: no row is ever without its object. A restore that was
    /// interrupted goes on when it is begun again. No other program should use the target meanwhile.
    ///
    /// - Parameter rows: whether rows that are there may go. With ``LoadTarget/replaced`` the store may have other objects
    ///   too; they stay, and a sweep finds them.
    /// - Returns: what was copied; objects that are damaged in the backup are named there, and are not copied.
    /// - Throws: ``BackupError``, ``DumpError``, ``DatabaseError``, ``ObjectStoreError``, `CancellationError`.
    public func restore(
        to target: BackupSource, into rows: LoadTarget = .empty, at now: Timestamp,
        progress: @escaping @Sendable (BackupProgress) -> Void = { _ in }
    ) async throws -> ObjectCopyReport {
        _ = try manifest()
        let (header, _) = try await blocking { [dump] () throws(DumpError) in try DumpReader.verify(dump) }
        try header.ledger.checkAll(against: target.sets)
        let kept = try openObjects()
        if case .empty = rows {
            try await target.database.checkEmpty(target.sets)
            try await Self.check(target.objects, hasOnlyObjectsOf: kept)
        }
        let copied = try await kept.copyMissing(to: target.objects) { progress(.objects($0)) }
        _ = try await target.database.load(dump, target.sets, into: rows, at: now) { progress(.rows($0)) }
        return copied
    }

    /// An earlier attempt may have brought some of them.
    private static func check(_ store: any ObjectStore, hasOnlyObjectsOf kept: LocalObjectStore) async throws {
        var (present, own) = (ObjectWalk(store), ObjectWalk(kept))
        var known = try await own.next()
        while let object = try await present.next() {
            while let other = known, other.key < object.key { known = try await own.next() }
            guard let known, known.isSame(as: object) else { throw BackupError.storeNotEmpty(object.key) }
        }
    }
}
