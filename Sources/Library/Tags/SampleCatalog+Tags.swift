import Storage

extension SampleCatalog {
    /// Most tags that one sample has.
    public static let mostTags = 50

    /// Puts exactly these tags on a sample.
    ///
    /// - Returns: whether there is such a sample of this owner's.
    /// - Throws: ``LibraryError/tooManyTags(_:)``.
    public func setTags(
        _ tags: Set<SampleTag>, of id: SampleID, owner: AccountID, in session: any WriteSession
    ) throws -> Bool {
        guard tags.count <= Self.mostTags else { throw LibraryError.tooManyTags(tags.count) }
        let row = try session.row(
            """
            SELECT samples.filename, f.role FROM samples JOIN sample_facets f ON f.owner = samples.owner AND f.id = samples.id
            WHERE samples.id = \(id) AND samples.owner = \(owner)
            """)
        guard let row else { return false }
        try session.execute("DELETE FROM sample_tags WHERE owner = \(owner) AND sample_id = \(id)")
        if !tags.isEmpty {
            let rows: [SQL] = tags.map { "(\(owner), \($0), \(id))" }
            try session.execute("INSERT INTO sample_tags (owner, tag, sample_id) VALUES \(list: rows)")
        }
        try setWords(
            filename: row.get("filename"), role: row.get("role"), tags: tags, of: id, owner: owner, in: session)
        return true
    }

    /// All tags of an account and on how many samples each is, in order of their letters.
    public func tags(of owner: AccountID, in session: any ReadSession) throws -> [(tag: SampleTag, count: Int)] {
        try session.rows(
            "SELECT tag, COUNT(*) AS n FROM sample_tags WHERE owner = \(owner) GROUP BY tag ORDER BY tag"
        ).map { (try $0.get("tag"), try $0.get("n")) }
    }

    /// Of one sample, in order of their letters; none where there is no such sample of this owner's.
    public func tags(of id: SampleID, owner: AccountID, in session: any ReadSession) throws -> [SampleTag] {
        try session.rows("SELECT tag FROM sample_tags WHERE owner = \(owner) AND sample_id = \(id) ORDER BY tag")
            .map { try $0.get("tag") }
    }

    /// Of several samples, in order of their letters.
    public func tags(of samples: [SampleID], in session: any ReadSession) throws -> [SampleID: [SampleTag]] {
        guard !samples.isEmpty else { return [:] }
        let rows = try session.rows(
            "SELECT sample_id, tag FROM sample_tags WHERE sample_id IN (\(list: samples)) ORDER BY tag")
        return try rows.reduce(into: [:]) { tags, row in
            tags[try row.get("sample_id", as: SampleID.self), default: []].append(try row.get("tag"))
        }
    }

    /// What a text search finds a sample by.
    func setWords(
        filename: String, role: String, tags: Set<SampleTag>, of id: SampleID, owner: AccountID,
        in session: any WriteSession
    ) throws {
        try session.execute("DELETE FROM sample_words WHERE sample_id = \(id)")
        let text = ([filename, role] + tags.map(\.text).sorted()).joined(separator: " ")
        let rows: [SQL] = SearchWords(text).words.map { "(\(owner), \($0), \(id))" }
        guard !rows.isEmpty else { return }
        try session.execute("INSERT INTO sample_words (owner, word, sample_id) VALUES \(list: rows)")
    }
}
