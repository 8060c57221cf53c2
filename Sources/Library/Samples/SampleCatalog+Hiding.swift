import Storage

extension SampleCatalog {
    /// How long a hidden sample can be restored.
    public static let hidingTime = Duration.seconds(30 * 24 * 3_600)

    /// Takes a sample out of lists and searches. Hiding a hidden one changes nothing, so a retry is harmless.
    ///
    /// - Returns: whether there is such a sample of this owner's.
    public func hide(
        _ id: SampleID, of owner: AccountID, at now: Timestamp, in session: any WriteSession
    ) throws -> Bool {
        let known = try session.execute(
            """
            UPDATE samples SET hidden_at = COALESCE(hidden_at, \(now)) WHERE id = \(id) AND owner = \(owner)
            """)
        try session.execute("UPDATE sample_facets SET hidden = 1 WHERE owner = \(owner) AND id = \(id)")
        return known > 0
    }

    /// Brings a hidden sample back.
    ///
    /// - Returns: whether there is such a sample of this owner's; one that is shown stays so.
    public func restore(_ id: SampleID, of owner: AccountID, in session: any WriteSession) throws -> Bool {
        let known = try session.execute(
            "UPDATE samples SET hidden_at = NULL WHERE id = \(id) AND owner = \(owner)")
        try session.execute("UPDATE sample_facets SET hidden = 0 WHERE owner = \(owner) AND id = \(id)")
        return known > 0
    }

    /// Samples of all accounts whose time in hiding is over, the longest hidden first: they are to be removed with
    /// their objects.
    public func overdue(at now: Timestamp, limit: Int, in session: any ReadSession) throws -> [Sample] {
        try session.rows(
            """
            SELECT * FROM samples WHERE hidden_at IS NOT NULL AND hidden_at <= \(now - Self.hidingTime)
            ORDER BY hidden_at LIMIT \(limit)
            """
        ).map(Sample.init)
    }

    /// Makes samples findable that were put in by a program that knew no search, in the order of their names as rows.
    ///
    /// - Parameter last: what the portion before gave; nil for the first.
    /// - Returns: the last of this portion; nil when there are no more.
    public func indexMissing(
        after last: SampleID? = nil, limit: Int = 500, in session: any WriteSession
    ) throws -> SampleID? {
        let rows = try session.rows(
            """
            SELECT \(Self.analyzedRow) FROM samples JOIN audio_features ON sample_id = samples.id
            WHERE samples.id > \(last?.text ?? "")
                AND NOT EXISTS (SELECT 1 FROM sample_facets f WHERE f.owner = samples.owner AND f.id = samples.id
                    AND f.loudness > \(SampleFacets.unmeasured))
            ORDER BY samples.id LIMIT \(limit)
            """)
        let items = try rows.map(analyzed)
        for item in items { try index(item, in: session) }
        return items.count == limit ? items.last?.sample.id : nil
    }
}
