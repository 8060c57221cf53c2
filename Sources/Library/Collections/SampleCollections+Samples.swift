import Storage

extension SampleCollections {
    /// Puts samples at the end; those that are in stay where they are.
    ///
    /// - Parameter samples: at most ``SampleCollection/largestBatch``, in order.
    /// - Throws: ``LibraryError/notFound(_:)`` for a collection or sample that is not this owner's, and then none is
    ///   put in; ``LibraryError/hasRules`` for a collection that fills itself; ``LibraryError/tooMany(_:allowed:)``.
    public func add(
        _ samples: [SampleID], to id: CollectionID, of owner: AccountID, at now: Timestamp,
        in session: any WriteSession
    ) throws {
        try check(samples, id, owner, session)
        let known: Int? = try session.row(
            "SELECT COUNT(*) AS n FROM samples WHERE owner = \(owner) AND id IN (\(list: samples))")?.get("n")
        guard known == Set(samples).count else { throw LibraryError.notFound("sample") }
        var place: Int =
            try session.row(
                "SELECT COALESCE(MAX(place), 0) AS place FROM collection_samples WHERE collection_id = \(id)"
            )?.get("place") ?? 0
        for sample in samples {
            place += 1
            try session.execute(
                """
                INSERT INTO collection_samples (collection_id, sample_id, place, added_at)
                VALUES (\(id), \(sample), \(place), \(now)) ON CONFLICT (collection_id, sample_id) DO NOTHING
                """)
        }
    }

    /// Takes samples out; one that is not in changes nothing.
    public func remove(
        _ samples: [SampleID], from id: CollectionID, of owner: AccountID, in session: any WriteSession
    ) throws {
        try check(samples, id, owner, session)
        try session.execute(
            "DELETE FROM collection_samples WHERE collection_id = \(id) AND sample_id IN (\(list: samples))")
    }

    /// Brings all samples of a collection into an order.
    ///
    /// - Parameter samples: those to come first, in order; the others follow as they were.
    public func arrange(
        _ samples: [SampleID], in id: CollectionID, of owner: AccountID, session: any WriteSession
    ) throws {
        try check(samples, id, owner, session)
        let present: [SampleID] = try session.rows(
            "SELECT sample_id FROM collection_samples WHERE collection_id = \(id) ORDER BY place, sample_id"
        ).map { try $0.get("sample_id") }
        let (known, first) = (Set(present), Set(samples))
        var seen: Set<SampleID> = []
        let order =
            samples.filter { known.contains($0) && seen.insert($0).inserted } + present.filter { !first.contains($0) }
        for (place, sample) in order.enumerated() {
            try session.execute(
                """
                UPDATE collection_samples SET place = \(place + 1)
                WHERE collection_id = \(id) AND sample_id = \(sample)
                """)
        }
    }

    /// The samples of a collection that are not hidden, in its order: of one filled by hand.
    ///
    /// - Parameters:
    ///   - limit: clamped to `1...200`.
    ///   - place: of the last sample seen; 0 for the first page.
    /// - Returns: samples and their places.
    public func samples(
        of id: CollectionID, owner: AccountID, limit: Int = 50, after place: Int = 0, in session: any ReadSession
    ) throws -> [(sample: Sample, place: Int)] {
        try session.rows(
            """
            SELECT samples.*, c.place FROM collection_samples c JOIN samples ON samples.id = c.sample_id
            WHERE c.collection_id = \(id) AND c.place > \(place)
                AND \(SQLDifference.notLookedUp)samples.owner = \(owner) AND hidden_at IS NULL
            ORDER BY c.place LIMIT \(min(max(limit, 1), PageRequest.largest))
            """
        ).map { (try Sample($0), try $0.get("place")) }
    }

    /// What was put into a collection by hand, hidden or not, in its order.
    ///
    /// - Parameter page: its cursor is one by ``PageCursor/init(place:id:)``.
    public func members(
        of id: CollectionID, owner: AccountID, _ page: PageRequest, in session: any ReadSession
    ) throws -> Page<SampleID> {
        let rows = try session.rows(
            """
            SELECT sample_id, place FROM collection_samples
            WHERE collection_id = (SELECT id FROM collections WHERE id = \(id) AND owner = \(owner))
                AND place > \(page.after?.place ?? 0)
            ORDER BY place LIMIT \(page.limit + 1)
            """)
        let found: [(sample: SampleID, place: Int)] = try rows.map { (try $0.get("sample_id"), try $0.get("place")) }
        return Page(found, limit: page.limit) { PageCursor(place: $0.place, id: $0.sample.text) }.map { $0.sample }
    }

    private func check(
        _ samples: [SampleID], _ id: CollectionID, _ owner: AccountID, _ session: any ReadSession
    ) throws {
        guard samples.count <= SampleCollection.largestBatch else {
            throw LibraryError.tooMany(samples.count, allowed: SampleCollection.largestBatch)
        }
        guard let collection = try find(id, of: owner, in: session) else { throw LibraryError.notFound("collection") }
        guard collection.rules == nil else { throw LibraryError.hasRules }
    }
}
