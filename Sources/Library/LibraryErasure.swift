import Storage

/// Takes out of the library what an account has in it, for good.
public struct LibraryErasure: Sendable {
    public init() {}

    /// One step.
    public struct Step: Equatable, Sendable {
        /// Samples whose rows are gone.
        public let samples: [Sample]
        /// Of all whose rows are gone: they counted against a quota.
        public let bytes: Int
        /// All whose rows are gone: the objects go next.
        public let objects: [ObjectKey]

        public var isLast: Bool { objects.isEmpty }
    }

    /// Removes at most `limit` things that have objects, and when there are none left all that has none. To be called until
    /// a step is the last one; so no transaction is long.
    public func erase(_ owner: AccountID, limit: Int = 100, in session: any WriteSession) throws -> Step {
        let samples = try remove("samples", of: owner, limit, in: session) {
            try SampleCatalog().remove($0, of: owner, in: session)
        }
        let songs = try remove("songs", of: owner, limit - samples.count, in: session) {
            try SongCatalog().remove($0, of: owner, in: session)
        }
        let files = try remove("files", of: owner, limit - samples.count - songs.count, in: session) {
            try LibraryFiles().remove($0, of: owner, in: session)
        }
        let objects = samples.map(\.object) + songs.flatMap(\.objects) + files.map(\.object)
        if objects.isEmpty { try removeTheRest(of: owner, in: session) }
        let sizes = samples.map(\.size) + songs.flatMap { $0.stems.map(\.size) } + files.map(\.size)
        return Step(
            samples: samples, bytes: sizes.reduce(0) { $0.addingReportingOverflow($1).partialValue }, objects: objects)
    }

    private func remove<Entity, Removed>(
        _ table: SQL, of owner: AccountID, _ limit: Int, in session: any WriteSession,
        _ remove: (Identifier<Entity>) throws -> Removed?
    ) throws -> [Removed] {
        guard limit > 0 else { return [] }
        return try session.rows("SELECT id FROM \(table) WHERE owner = \(owner) ORDER BY id LIMIT \(limit)")
            .compactMap { try remove(try $0.get("id")) }
    }

    private func removeTheRest(of owner: AccountID, in session: any WriteSession) throws {
        try session.execute("DELETE FROM kit_pads WHERE kit IN (SELECT id FROM kits WHERE owner = \(owner))")
        try session.execute(
            """
            DELETE FROM collection_samples WHERE collection_id IN (SELECT id FROM collections WHERE owner = \(owner))
            """)
        for table in ["kits", "collections", "folders", "profiles"] as [SQL] {
            try session.execute("DELETE FROM \(table) WHERE owner = \(owner)")
        }
    }
}

/// What somebody has in the library.
public struct LibraryCount: Equatable, Sendable, Encodable {
    public let samples: Int
    public let songs: Int
    public let files: Int
    public let kits: Int
    public let collections: Int

    package init(samples: Int, songs: Int, files: Int, kits: Int, collections: Int) {
        (self.samples, self.songs, self.files, self.kits, self.collections) = (samples, songs, files, kits, collections)
    }
}

extension LibraryErasure {
    /// What ``erase(_:limit:in:)`` would take out now.
    public func count(_ owner: AccountID, in session: any ReadSession) throws -> LibraryCount {
        func count(_ table: SQL) throws -> Int {
            try session.row("SELECT COUNT(*) AS n FROM \(table) WHERE owner = \(owner)")?.get("n") ?? 0
        }
        return LibraryCount(
            samples: try count("samples"), songs: try count("songs"), files: try count("files"),
            kits: try count("kits"), collections: try count("collections"))
    }
}
