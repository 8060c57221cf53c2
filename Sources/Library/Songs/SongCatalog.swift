import Storage

/// The songs and profiles of all accounts, as rows. Every call names the owner; another's song is as good as none.
public struct SongCatalog: Sendable {
    public init() {}

    /// - Throws: ``LibraryError/invalidName``.
    public func createProfile(
        _ name: String, of owner: AccountID, at now: Timestamp, in session: any WriteSession
    ) throws -> Profile {
        let profile = Profile(id: .random(), owner: owner, name: try DisplayName.checked(name), createdAt: now)
        try session.execute(
            """
            INSERT INTO profiles (id, owner, name, created_at)
            VALUES (\(profile.id), \(owner), \(profile.name), \(now))
            """)
        return profile
    }

    /// In order of their names.
    public func profiles(of owner: AccountID, in session: any ReadSession) throws -> [Profile] {
        try session.rows("SELECT * FROM profiles WHERE owner = \(owner) ORDER BY name, id").map(Profile.init)
    }

    /// Removes a profile that holds no song.
    ///
    /// - Returns: whether it is gone; also for a missing one.
    public func removeProfile(_ id: ProfileID, of owner: AccountID, in session: any WriteSession) throws -> Bool {
        guard try session.row("SELECT id FROM songs WHERE profile = \(id) AND owner = \(owner) LIMIT 1") == nil else {
            return false
        }
        try session.execute("DELETE FROM profiles WHERE id = \(id) AND owner = \(owner)")
        return true
    }

    /// Puts a song and its stems in.
    ///
    /// - Throws: ``LibraryError/notFound(_:)`` for the profile, ``LibraryError/invalidName``,
    ///   ``LibraryError/sameSong(_:)`` when the profile has the same sound.
    public func insert(_ song: Song, in session: any WriteSession) throws {
        if let profile = song.profile {
            let known = try session.row("SELECT id FROM profiles WHERE id = \(profile) AND owner = \(song.owner)")
            guard known != nil else { throw LibraryError.notFound("profile") }
        }
        let same = try session.row(
            """
            SELECT id FROM songs WHERE owner = \(song.owner) AND sha256 = \(song.sha256)
                AND COALESCE(profile, '') = \(song.profile?.text ?? "")
            """)
        if let same { throw LibraryError.sameSong(try same.get("id")) }
        try session.execute(
            """
            INSERT INTO songs (id, owner, profile, title, object_key, sha256, duration, created_at)
            VALUES (\(song.id), \(song.owner), \(song.profile), \(try DisplayName.checked(song.title)),
                \(song.object.text), \(song.sha256), \(song.duration), \(song.createdAt))
            """)
        try insert(song.stems, of: song.id, in: session)
    }

    /// Puts exactly these stems on a song.
    ///
    /// - Returns: the stems it had, whose objects go next where no new stem has them.
    /// - Throws: ``LibraryError/notFound(_:)``.
    public func setStems(
        _ stems: [Stem], of id: SongID, owner: AccountID, in session: any WriteSession
    ) throws -> [Stem] {
        guard let song = try find(id, of: owner, in: session) else { throw LibraryError.notFound("song") }
        try session.execute("DELETE FROM stems WHERE song = \(id)")
        try insert(stems, of: id, in: session)
        return song.stems
    }

    public func find(_ id: SongID, of owner: AccountID, in session: any ReadSession) throws -> Song? {
        guard let row = try session.row("SELECT * FROM songs WHERE id = \(id) AND owner = \(owner)") else { return nil }
        return try Song(row, stems: stems(of: [id], in: session)[id] ?? [])
    }

    /// Newest first.
    ///
    /// - Parameter profile: nil for the songs of all profiles and none.
    public func list(
        of owner: AccountID, in profile: ProfileID? = nil, _ page: PageRequest, session: any ReadSession
    ) throws -> Page<Song> {
        let place: SQL = profile.map { "AND profile = \($0)" } ?? ""
        let rows = try session.rows("SELECT * FROM songs WHERE owner = \(owner) \(place) \(page.newestFirst)")
        let stems = try stems(of: rows.map { try $0.get("id") }, in: session)
        let songs = try rows.map { try Song($0, stems: stems[$0.get("id")] ?? []) }
        return Page(songs, limit: page.limit) { PageCursor(createdAt: $0.createdAt, id: $0.id.text) }
    }

    /// Removes the rows.
    ///
    /// - Returns: what was removed, whose ``Song/objects`` go next; nil when there was nothing of this owner's.
    public func remove(_ id: SongID, of owner: AccountID, in session: any WriteSession) throws -> Song? {
        guard let song = try find(id, of: owner, in: session) else { return nil }
        try session.execute("DELETE FROM stems WHERE song = \(id)")
        try session.execute("DELETE FROM songs WHERE id = \(id)")
        return song
    }

    private func insert(_ stems: [Stem], of id: SongID, in session: any WriteSession) throws {
        for stem in stems {
            try session.execute(
                """
                INSERT INTO stems (song, name, object_key, waveform_key, content_type, size, loudness, true_peak, gain)
                VALUES (\(id), \(try DisplayName.checked(stem.name)), \(stem.object.text), \(stem.waveform?.text),
                    \(stem.contentType), \(stem.size), \(stem.loudness), \(stem.truePeak), \(stem.gain))
                """)
        }
    }

    private func stems(of songs: [SongID], in session: any ReadSession) throws -> [SongID: [Stem]] {
        guard !songs.isEmpty else { return [:] }
        let rows = try session.rows("SELECT * FROM stems WHERE song IN (\(list: songs)) ORDER BY song, name")
        return try rows.reduce(into: [:]) { stems, row in
            stems[try row.get("song", as: SongID.self), default: []].append(try Stem(row))
        }
    }
}
