import Storage

/// Whom or what an account keeps songs for, as a band.
public struct Profile: Equatable, Sendable {
    public let id: ProfileID
    public let owner: AccountID
    public let name: String
    public let createdAt: Timestamp
}

public typealias ProfileID = Identifier<Profile>

/// A song and what it was separated into.
public struct Song: Equatable, Sendable {
    public let id: SongID
    public let owner: AccountID
    public let profile: ProfileID?
    public let title: String
    /// Where the original is.
    public let object: ObjectKey
    /// Of the original's bytes, hexadecimal: one profile has a sound once.
    public let sha256: String
    /// Seconds.
    public let duration: Double
    /// In order of their names; empty before the separation.
    public let stems: [Stem]
    public let createdAt: Timestamp

    public init(
        id: SongID, owner: AccountID, profile: ProfileID? = nil, title: String, object: ObjectKey, sha256: String,
        duration: Double, stems: [Stem] = [], createdAt: Timestamp
    ) {
        (self.id, self.owner, self.profile, self.title) = (id, owner, profile, title)
        (self.object, self.sha256, self.duration) = (object, sha256, duration)
        (self.stems, self.createdAt) = (stems, createdAt)
    }

    /// Everything it has in the object store.
    public var objects: [ObjectKey] { [object] + stems.flatMap { [$0.object] + [$0.waveform].compactMap { $0 } } }
}

public typealias SongID = Identifier<Song>

/// One part of a song.
public struct Stem: Equatable, Sendable {
    /// `vocals`, `drums`, `bass`, `other`.
    public let name: String
    public let object: ObjectKey
    /// Its picture.
    public let waveform: ObjectKey?
    public let contentType: String
    /// Bytes.
    public let size: Int
    /// Integrated, LUFS; nil for silence.
    public let loudness: Double?
    /// dBTP.
    public let truePeak: Double?
    /// What a player adds so that stems sit well together, dB.
    public let gain: Double

    public init(
        name: String, object: ObjectKey, waveform: ObjectKey? = nil, contentType: String, size: Int,
        loudness: Double? = nil, truePeak: Double? = nil, gain: Double = 0
    ) {
        (self.name, self.object, self.waveform, self.contentType) = (name, object, waveform, contentType)
        (self.size, self.loudness, self.truePeak, self.gain) = (size, loudness, truePeak, gain)
    }
}

extension Profile {
    init(_ row: Row) throws {
        self.init(
            id: try row.get("id"), owner: try row.get("owner"), name: try row.get("name"),
            createdAt: try row.get("created_at"))
    }
}

extension Song {
    init(_ row: Row, stems: [Stem]) throws {
        self.init(
            id: try row.get("id"), owner: try row.get("owner"), profile: try row.get(optional: "profile"),
            title: try row.get("title"), object: try ObjectKey(row.get("object_key")), sha256: try row.get("sha256"),
            duration: try row.get("duration"), stems: stems, createdAt: try row.get("created_at"))
    }
}

extension Stem {
    init(_ row: Row) throws {
        let waveform: String? = try row.get(optional: "waveform_key")
        self.init(
            name: try row.get("name"), object: try ObjectKey(row.get("object_key")),
            waveform: try waveform.map { try ObjectKey($0) }, contentType: try row.get("content_type"),
            size: try row.get("size"), loudness: try row.get(optional: "loudness"),
            truePeak: try row.get(optional: "true_peak"), gain: try row.get("gain"))
    }
}
