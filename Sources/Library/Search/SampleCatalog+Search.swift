import AudioCore
import Storage

extension SampleCatalog {
    /// What an account has that fits, page by page.
    ///
    /// Cost: three statements; one walk over an index of the account's own rows, at worst all of them.
    ///
    /// - Parameters:
    ///   - limit: clamped to `1...200`.
    ///   - cursor: the end of the page before, from a search with the same query.
    public func search(
        _ query: SampleQuery, of owner: AccountID, limit: Int = 50, after cursor: SampleCursor? = nil,
        in session: any ReadSession
    ) throws -> SamplePage<SampleSummary> {
        try ids(query, of: owner, limit: limit, after: cursor, in: session)
            .with { try summaries(of: $0, owner: owner, in: session) }
    }

    /// As ``search(_:of:limit:after:in:)``, of what is found only the identifiers; one statement.
    public func ids(
        _ query: SampleQuery, of owner: AccountID, limit: Int = 50, after cursor: SampleCursor? = nil,
        in session: any ReadSession
    ) throws -> SamplePage<SampleID> {
        let limit = min(max(limit, 1), PageRequest.largest)
        let (column, direction) = (query.order.column, query.order.sql)
        let found = try session.rows(
            """
            SELECT f.id, f.\(column) AS place FROM sample_facets f
            WHERE \(query.condition(owner, by: query.order.property)) \(query.order.condition(after: cursor))
            ORDER BY f.\(column) \(direction), f.id \(direction) LIMIT \(limit + 1)
            """)
        let shown = found.prefix(limit)
        return SamplePage(
            items: try shown.map { try $0.get("id") },
            next: found.count > limit ? try shown.last.map { try query.order.cursor($0) } : nil)
    }

    /// How many samples fit.
    public func count(_ query: SampleQuery, of owner: AccountID, in session: any ReadSession) throws -> Int {
        try session.row("SELECT COUNT(*) AS n FROM sample_facets f WHERE \(query.condition(owner, by: nil))")?.get("n")
            ?? 0
    }

    /// Samples by their names, hidden ones too, in the order of the names; without those that are not this owner's.
    public func summaries(
        of ids: [SampleID], owner: AccountID, in session: any ReadSession
    ) throws -> [SampleSummary] {
        try items(of: ids, owner, in: session) { try SampleSummary($0, tags: $1) }
    }

    /// What is made of the rows of samples, in the order of `ids`.
    ///
    /// - Parameters:
    ///   - features: columns of `audio_features` that are read, too.
    ///   - make: of a row with ``SampleSummary/columns`` and those.
    func items<Item>(
        of ids: [SampleID], _ owner: AccountID, features: SQL? = nil, in session: any ReadSession,
        _ make: (Row, [SampleTag]) throws -> Item
    ) throws -> [Item] {
        guard !ids.isEmpty else { return [] }
        let more: (columns: SQL, join: SQL) =
            features.map { (", \($0)", "JOIN audio_features ON audio_features.sample_id = f.id") } ?? ("", "")
        let rows = try session.rows(
            """
            SELECT \(SampleSummary.columns)\(more.columns)
            FROM sample_facets f JOIN samples s ON s.owner = f.owner AND s.id = f.id \(more.join)
            WHERE f.owner = \(owner) AND f.id IN (\(list: ids))
            """
        ).reduce(into: [SampleID: Row]()) { $0[try $1.get("id")] = $1 }
        let tags = try tags(of: ids, in: session)
        return try ids.compactMap { id in try rows[id].map { try make($0, tags[id] ?? []) } }
    }
}

extension SampleQuery {
    /// On `sample_facets f`. The index of the order holds all columns that are asked for: walking it costs a fraction of
    /// looking rows up by another index, so no other condition is to lead there.
    ///
    /// - Parameter property: what rows come in the order of; nil when they are only counted.
    func condition(_ owner: AccountID, by property: SampleOrder.Property?) -> SQL {
        let places: SQL = "f.owner = \(owner) AND f.hidden = \(isHidden)"
        return rules.reduce("\(places)\(needs(owner, by: property))") { "\($0)\($1.needs(owner, by: nil))" }
    }

    /// `AND …` for all but whose it is and whether it is hidden.
    private func needs(_ owner: AccountID, by property: SampleOrder.Property?) -> SQL {
        func column(_ name: SQL, of wanted: SampleOrder.Property? = nil) -> SQL {
            property != nil && property == wanted ? "f.\(name)" : "\(SQLDifference.notLookedUp)f.\(name)"
        }
        var condition: SQL = ""
        func need(_ more: SQL) { condition = "\(condition) AND \(more)" }
        if let tempo {
            // What has none is kept as 0, and fits no tempo.
            let least: SQL = tempo.lowerBound > 0 ? ">= \(tempo.lowerBound)" : "> 0"
            need("\(column("bpm", of: .tempo)) \(least)")
            need("\(column("bpm", of: .tempo)) <= \(tempo.upperBound)")
        }
        if let duration {
            need("\(column("duration", of: .duration)) BETWEEN \(duration.lowerBound) AND \(duration.upperBound)")
        }
        if !keys.isEmpty { need("\(column("key_place")) IN (\(list: keys.map(\.wheelPlace).sorted()))") }
        if !kinds.isEmpty { need("f.kind IN (\(list: kinds.map(\.rawValue).sorted()))") }
        if !roles.isEmpty { need("f.role IN (\(list: roles.map(\.rawValue).sorted()))") }
        if let collection {
            need(
                """
                \(column("id")) IN (SELECT sample_id FROM collection_samples WHERE collection_id = \(collection))
                """)
        }
        for tag in tags {
            need("\(column("id")) IN (SELECT sample_id FROM sample_tags WHERE owner = \(owner) AND tag = \(tag))")
        }
        for word in SearchWords(text).words { need("\(column("id")) IN (\(Self.samples(owner, word)))") }
        return condition
    }

    /// Samples that have a word that begins with `word`.
    private static func samples(_ owner: AccountID, _ word: String) -> SQL {
        let start: SQL = "SELECT sample_id FROM sample_words WHERE owner = \(owner) AND word >= \(word)"
        guard let end = word.endOfPrefix else { return start }
        return "\(start) AND word < \(end)"
    }
}

extension SampleOrder {
    /// Of `sample_facets`.
    fileprivate var column: SQL {
        switch property {
        case .added: "created_at"
        case .name: "name"
        case .tempo: "bpm"
        case .key: "key_place"
        case .duration: "duration"
        case .loudness: "loudness"
        }
    }

    fileprivate var sql: SQL { direction == .ascending ? "ASC" : "DESC" }

    fileprivate func condition(after cursor: SampleCursor?) -> SQL {
        guard let cursor else { return "" }
        let comparison: SQL = direction == .ascending ? ">" : "<"
        return "AND (f.\(column), f.id) \(comparison) (\(cursor.value), \(cursor.id))"
    }

    fileprivate func cursor(_ row: Row) throws -> SampleCursor {
        let value: SQLValue =
            switch property {
            case .added: try row.get("place", as: Timestamp.self).sqlValue
            case .name: try row.get("place", as: String.self).sqlValue
            case .tempo, .duration, .loudness: try row.get("place", as: Double.self).sqlValue
            case .key: try row.get("place", as: Int.self).sqlValue
            }
        return SampleCursor(value: value, id: try row.get("id"))
    }
}
