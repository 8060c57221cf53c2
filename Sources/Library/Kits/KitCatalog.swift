import AudioCore
import Storage

/// The kits of all accounts, as rows. Every call names the owner; another's kit is as good as none.
public struct KitCatalog: Sendable {
    public init() {}

    /// Keeps a kit.
    ///
    /// - Parameter kit: its pads' `sample` is the text of a ``SampleID`` of this owner's, hidden or not.
    /// - Throws: ``LibraryError/unfitKit(_:)``, ``LibraryError/notFound(_:)`` for a sample.
    public func create(
        _ kit: Kit, of owner: AccountID, at now: Timestamp, in session: any WriteSession
    ) throws -> LibraryKit {
        try check(kit)
        let id = KitID.random()
        try session.execute(
            """
            INSERT INTO kits (id, owner, name, bpm, banks, created_at)
            VALUES (\(id), \(owner), \(kit.name), \(kit.bpm), \(try kit.banks.map(JSONText.encode)), \(now))
            """)
        try insert(kit.pads, of: id, owner: owner, in: session)
        return try made(id, of: owner, in: session)
    }

    /// The whole kit, in two statements.
    public func find(_ id: KitID, of owner: AccountID, in session: any ReadSession) throws -> LibraryKit? {
        guard let row = try row(id, of: owner, in: session) else { return nil }
        let pads = try session.rows(
            """
            SELECT p.pad, p.sample_id, p.filename AS filename_then, p.settings, s.*
            FROM kit_pads p LEFT JOIN samples s ON s.id = p.sample_id WHERE p.kit = \(id) ORDER BY p.pad
            """)
        return try LibraryKit(row, pads: pads)
    }

    /// Newest first.
    public func list(
        of owner: AccountID, _ page: PageRequest, in session: any ReadSession
    ) throws -> Page<KitSummary> {
        let rows = try session.rows(
            """
            SELECT kits.*, (SELECT COUNT(*) FROM kit_pads WHERE kit = kits.id) AS pads
            FROM kits WHERE owner = \(owner) \(page.newestFirst)
            """)
        return Page(try rows.map(KitSummary.init), limit: page.limit) {
            PageCursor(createdAt: $0.createdAt, id: $0.id.text)
        }
    }

    /// Changes what is said of the whole kit: what is nil stays.
    ///
    /// - Throws: ``LibraryError/notFound(_:)``, ``LibraryError/unfitKit(_:)``.
    public func update(
        _ id: KitID, name: String? = nil, bpm: Double? = nil, banks: [KitBank]?? = nil, of owner: AccountID,
        in session: any WriteSession
    ) throws {
        var kit = try emptied(id, of: owner, in: session)
        (kit.name, kit.bpm, kit.banks) = (name ?? kit.name, bpm ?? kit.bpm, banks ?? kit.banks)
        try check(kit)
        try session.execute(
            """
            UPDATE kits SET name = \(kit.name), bpm = \(kit.bpm), banks = \(try kit.banks.map(JSONText.encode)) WHERE id = \(id)
            """)
    }

    /// Makes a second kit with the same pads, silent ones too.
    ///
    /// - Throws: ``LibraryError/notFound(_:)``, ``LibraryError/unfitKit(_:)`` for the name.
    public func duplicate(
        _ id: KitID, as name: String, of owner: AccountID, at now: Timestamp, in session: any WriteSession
    ) throws -> LibraryKit {
        var kit = try emptied(id, of: owner, in: session)
        kit.name = name
        let copy = try create(kit, of: owner, at: now, in: session).id
        // Not by way of `create`: a purged sample could not be put on a pad.
        try session.execute(
            """
            INSERT INTO kit_pads (kit, pad, sample_id, filename, settings)
            SELECT \(copy), pad, sample_id, filename, settings FROM kit_pads WHERE kit = \(id)
            """)
        return try made(copy, of: owner, in: session)
    }

    /// Removes a kit; samples stay. Removing a missing one changes nothing.
    public func delete(_ id: KitID, of owner: AccountID, in session: any WriteSession) throws {
        let count = try session.execute("DELETE FROM kits WHERE id = \(id) AND owner = \(owner)")
        if count > 0 { try session.execute("DELETE FROM kit_pads WHERE kit = \(id)") }
    }

    func checkKnown(_ id: KitID, of owner: AccountID, in session: any ReadSession) throws {
        guard try row(id, of: owner, in: session) != nil else { throw LibraryError.notFound("kit") }
    }

    func check(_ kit: Kit) throws(LibraryError) {
        if let problem = kit.problems.first { throw .unfitKit(problem.description) }
    }

    /// What is said of the whole kit, without pads.
    private func emptied(_ id: KitID, of owner: AccountID, in session: any ReadSession) throws -> Kit {
        guard let row = try row(id, of: owner, in: session) else { throw LibraryError.notFound("kit") }
        return try LibraryKit(row, pads: []).kit
    }

    private func made(_ id: KitID, of owner: AccountID, in session: any ReadSession) throws -> LibraryKit {
        guard let kit = try find(id, of: owner, in: session) else {
            throw DatabaseError.unexpected("a kit is missing that was just made")
        }
        return kit
    }

    private func row(_ id: KitID, of owner: AccountID, in session: any ReadSession) throws -> Row? {
        try session.row("SELECT * FROM kits WHERE id = \(id) AND owner = \(owner)")
    }
}
