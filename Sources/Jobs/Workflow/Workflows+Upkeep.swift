import Storage

extension Workflows {
    /// Forgets runs that ended long ago, with their children, and their keys with them. Parked runs are kept.
    ///
    /// - Parameter limit: how many at most, not counting children, so that a transaction stays short.
    /// - Returns: how many, not counting children.
    @discardableResult
    public func forget(endedBefore moment: Timestamp, limit: Int = 1000, in session: any WriteSession) throws -> Int {
        let roots = try session.rows(
            """
            SELECT id FROM workflows WHERE parent IS NULL AND ended_at IS NOT NULL AND ended_at < \(moment)
            ORDER BY ended_at LIMIT \(limit)
            """
        ).map { row in try row.get("id", as: WorkflowID.self) }
        guard !roots.isEmpty else { return 0 }
        let family: SQL = "SELECT id FROM workflows WHERE root IN (\(list: roots))"
        try session.execute("DELETE FROM workflow_steps WHERE workflow_id IN (\(family))")
        try session.execute("DELETE FROM workflow_signals WHERE workflow_id IN (\(family))")
        try session.execute("DELETE FROM workflows WHERE root IN (\(list: roots))")
        return roots.count
    }
}
