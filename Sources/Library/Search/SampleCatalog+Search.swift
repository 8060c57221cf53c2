import AudioCore
import Storage

extension SampleCatalog {
    /// What an account has that fits, page by page.
    ///
    /// Cost: one walk over an index of the account's own rows, at worst all of them.
    ///
    /// - Parameters:
    ///   - limit: clamped to `1...200`.
    ///   - cursor: the end of the page before, from a search with the same query.
    public func search(
        _ query: SampleQuery, of owner: AccountID, limit: Int = 50, after cursor: SampleCursor? = nil,
        in session: any ReadSession
    ) throws -> SamplePage {
        let limit = min(max(limit, 1), PageRequest.largest)
        let (column, direction) = (query.order.column, query.order.sql)
        let rows = try session.rows(
            """
            SELECT page.*, samples.filename, samples.object_key, samples.content_type, samples.size, samples.etag,
                samples.sample_rate, samples.channels, samples.hidden_at
            FROM (SELECT * FROM sample_facets f WHERE \(query.condition(owner)) \(query.order.condition(after: cursor))
                ORDER BY \(column) \(direction), id \(direction) LIMIT \(limit + 1)) page
            JOIN samples ON samples.id = page.id ORDER BY page.\(column) \(direction), page.id \(direction)
            """)
        let shown = Array(rows.prefix(limit))
        let tags = try tags(of: shown.map { try $0.get("id") }, in: session)
        let items = try shown.map { row in
            let id: SampleID = try row.get("id")
            return try SampleSummary(row, tags: tags[id] ?? [])
        }
        let next = rows.count > limit ? try shown.last.map { try query.order.cursor($0) } : nil
        return SamplePage(items: items, next: next)
    }

    /// How many samples fit.
    public func count(_ query: SampleQuery, of owner: AccountID, in session: any ReadSession) throws -> Int {
        try session.row("SELECT COUNT(*) AS n FROM sample_facets f WHERE \(query.condition(owner))")?.get("n") ?? 0
    }
}

extension SampleQuery {
    /// On `sample_facets f`.
    func condition(_ owner: AccountID) -> SQL {
        var condition: SQL = "f.owner = \(owner) AND f.hidden = \(isHidden)"
        if let tempo { condition = "\(condition) AND f.bpm BETWEEN \(tempo.lowerBound) AND \(tempo.upperBound)" }
        if let duration {
            condition = "\(condition) AND f.duration BETWEEN \(duration.lowerBound) AND \(duration.upperBound)"
        }
        if !keys.isEmpty { condition = "\(condition) AND f.key_place IN (\(list: keys.map(\.wheelPlace)))" }
        if !kinds.isEmpty { condition = "\(condition) AND f.kind IN (\(list: kinds.map(\.rawValue)))" }
        if !roles.isEmpty { condition = "\(condition) AND f.role IN (\(list: roles.map(\.rawValue)))" }
        for tag in tags {
            condition = """
                \(condition) AND EXISTS (SELECT 1 FROM sample_tags t
                    WHERE t.owner = \(owner) AND t.tag = \(tag) AND t.sample_id = f.id)
                """
        }
        for word in SearchWords(text).words { condition = "\(condition) AND f.id IN (\(Self.samples(owner, word)))" }
        return condition
    }

    /// Samples that have a word that begins with `word`.
    private static func samples(_ owner: AccountID, _ word: String) -> SQL {
        let start: SQL = "SELECT w.sample_id FROM sample_words w WHERE w.owner = \(owner) AND w.word >= \(word)"
        guard let end = word.endOfPrefix else { return start }
        return "\(start) AND w.word < \(end)"
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
            case .added: try row.get("created_at", as: Timestamp.self).sqlValue
            case .name: try row.get("name", as: String.self).sqlValue
            case .tempo: try row.get("bpm", as: Double.self).sqlValue
            case .key: try row.get("key_place", as: Int.self).sqlValue
            case .duration: try row.get("duration", as: Double.self).sqlValue
            }
        return SampleCursor(value: value, id: try row.get("id"))
    }
}
