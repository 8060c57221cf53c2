import AudioCore
import Auth
import Billing
import Jobs
import Logging
import SampleLibrary
import Storage

/// An account's songs and their stems, by profile: a band, a listener, a project.
public struct Songs: Sendable {
    /// What a player may add to a stem, dB either way.
    public static let gains = -StemGains.most...StemGains.most
    static let mostProfiles = 200
    static let mostStems = 16

    let database: any Database
    let objects: any ObjectStore
    let queue: JobQueue
    let ledger: QuotaLedger
    let accounts: Accounts
    let egress: Egress
    let intake: SongIntake
    let clock: any WallClock
    let logger: Logger
    let catalog = SongCatalog()

    /// In order of their names.
    public func profiles(of caller: Principal) async throws -> [Profile] {
        let account = try caller.may(.readLibrary)
        return try await database.read { try catalog.profiles(of: account, in: $0) }
    }

    /// - Parameter ticket: of a request with an idempotency key: where it was received before, this is the same profile.
    /// - Throws: ``ServiceError`` `.conflict` for a name that is taken: addresses have it.
    public func createProfile(
        _ name: String, of caller: Principal, once ticket: IdempotencyTicket? = nil
    ) async throws -> Profile {
        let account = try caller.may(.changeLibrary)
        guard !name.utf8.contains(UInt8(ascii: "/")), name != ".", name != ".." else {
            throw ServiceError.invalid(field: "name", "'name' is part of addresses: leave '/' and dots alone out")
        }
        let now = clock.now()
        return try await ServiceError.translating {
            try await database.write { session in
                let profiles = try catalog.profiles(of: account, in: session)
                let known: ProfileID? = try ticket?.receipt()
                if let known, let profile = profiles.first(where: { $0.id == known }) { return profile }
                guard !profiles.contains(where: { $0.name == name }) else {
                    throw ServiceError.conflict("there is a profile of that name: choose another")
                }
                guard profiles.count < Self.mostProfiles else {
                    throw ServiceError.conflict("there are \(Self.mostProfiles) profiles: remove one first")
                }
                let profile = try catalog.createProfile(name, of: account, at: now, in: session)
                try ticket?.record(profile.id, in: session)
                return profile
            }
        }
    }

    /// Removes a profile that holds no song.
    public func deleteProfile(_ name: String, of caller: Principal) async throws {
        let account = try caller.may(.changeLibrary)
        try await database.write { session in
            let profile = try profile(name, of: account, in: session)
            guard try catalog.removeProfile(profile.id, of: account, in: session) else {
                throw ServiceError.conflict("the profile has songs: remove them first")
            }
        }
    }

    /// The songs of a profile with their stems, newest first.
    public func songs(in name: String, of caller: Principal, _ page: PageRequest) async throws -> Page<Song> {
        let account = try caller.may(.readLibrary)
        return try await database.read { session in
            let profile = try profile(name, of: account, in: session)
            return try catalog.list(of: account, in: profile.id, page, session: session)
        }
    }

    public func song(_ id: SongID, of caller: Principal) async throws -> NamedSong {
        try await find(id, of: caller.may(.readLibrary))
    }

    private func find(_ id: SongID, of account: AccountID) async throws -> NamedSong {
        try await database.read { session in
            guard let song = try catalog.find(id, of: account, in: session) else { throw ServiceError.notFound("song") }
            let profile = try catalog.profiles(of: account, in: session).first { $0.id == song.profile }
            return NamedSong(song: song, profile: profile?.name ?? "")
        }
    }

    /// Takes a song in; one profile has a sound once.
    ///
    /// - Parameters:
    ///   - title: nil for the name of the file.
    ///   - ticket: of a request with an idempotency key: where it was received before, this is the same song.
    /// - Throws: ``ServiceError`` `.conflict` where the profile has the same sound; and as uploads.
    public func addSong(
        _ body: ByteStream, named filename: String?, title: String?, to profileName: String, expectedSize: Int?,
        for caller: Principal, once ticket: IdempotencyTicket? = nil
    ) async throws -> NamedSong {
        let account = try Self.taker(caller)
        if let id: SongID = try ticket?.receipt() {
            try await body.drain()
            return try await find(id, of: account)
        }
        let home = try await database.read { try profile(profileName, of: account, in: $0) }
        let entitlement = try await accounts.entitlement(of: account)
        let (id, now) = (SongID.random(), clock.now())
        let key = ObjectKey(in: "processed", of: account, id)
        let name = title ?? FileName.shown(FileName.cleaned(filename, format: "song"))
        do {
            try await intake.take(
                body, expectedSize: expectedSize, for: account, under: entitlement, to: key,
                keep: { taken, session in
                    let song = Song(
                        id: id, owner: account, profile: home.id, title: name, object: key, sha256: taken.sha256,
                        duration: taken.features.duration, createdAt: now)
                    try catalog.insert(song, in: session)
                    try ticket?.record(id, in: session)
                }, isKept: { try catalog.find(id, of: account, in: $0) != nil })
        } catch let error as LibraryError {
            throw ServiceError(error, field: "title")
        }
        return try await find(id, of: account)
    }

    /// Takes a stem in, in place of one of the name, and sets the gains of all stems anew by their loudness.
    ///
    /// - Parameter name: `vocals`, `drums`, …: 1 to 32 small letters, digits and `-`.
    public func setStem(
        _ name: String, of id: SongID, _ body: ByteStream, expectedSize: Int?, for caller: Principal
    ) async throws -> NamedSong {
        let account = try Self.taker(caller)
        guard (1...32).contains(name.utf8.count),
            name.utf8.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D })
        else {
            throw ServiceError.invalid(
                field: "stem", "'stem' is 1 to 32 small letters, digits and '-', as 'vocals': choose another")
        }
        _ = try await find(id, of: account)
        let entitlement = try await accounts.entitlement(of: account)
        let key = ObjectKey(in: "processed", of: account, StemID.random())
        let pictureKey = ObjectKey(in: "processed", of: account, StemID.random())
        let taken = try await intake.take(
            body, expectedSize: expectedSize, for: account, under: entitlement, to: key,
            keep: { taken, session in
                guard let song = try catalog.find(id, of: account, in: session) else {
                    throw ServiceError.notFound("song")
                }
                let stem = Stem(
                    name: name, object: key, contentType: taken.object.attributes.contentType,
                    size: taken.object.size, loudness: taken.features.loudness.integrated,
                    truePeak: taken.features.loudness.truePeak)
                let others = song.stems.filter { $0.name != name }
                guard others.count < Self.mostStems else {
                    throw ServiceError.conflict("a song has at most \(Self.mostStems) stems: replace one")
                }
                let stems = (others + [stem]).balanced
                let old = try catalog.setStems(stems, of: id, owner: account, in: session)
                try free(old.filter { $0.name == name }, of: account, in: session)
            },
            isKept: { session in
                try catalog.find(id, of: account, in: session)?.stems.contains { $0.object == key } ?? false
            })
        if let picture = taken?.picture { await keep(picture, at: pictureKey, of: key, in: id, account) }
        return try await find(id, of: account)
    }

    /// The picture of a stem, from its outline. A stem without one plays as well: it is there already, whatever becomes of this.
    private func keep(
        _ picture: [UInt8], at pictureKey: ObjectKey, of key: ObjectKey, in id: SongID, _ account: AccountID
    ) async {
        do {
            try await objects.put(picture, at: pictureKey, ObjectAttributes(contentType: "image/png"))
            let isKept = try await database.write { session in
                guard let song = try catalog.find(id, of: account, in: session),
                    song.stems.contains(where: { $0.object == key })
                else { return false }
                let stems = song.stems.map { $0.object == key ? $0.drawn(at: pictureKey) : $0 }
                _ = try catalog.setStems(stems, of: id, owner: account, in: session)
                return true
            }
            if !isKept { try await objects.delete(pictureKey) }
        } catch {
            logger.warning("a stem has no picture", metadata: ["song": "\(id)", "error": "\(error)"])
        }
    }

    /// What a player adds to a stem.
    ///
    /// - Parameter gain: dB, in ``gains``.
    public func setGain(
        _ gain: Double, of name: String, in id: SongID, for caller: Principal
    ) async throws -> NamedSong {
        let account = try caller.may(.changeLibrary)
        guard Self.gains.contains(gain) else { throw ServiceError.invalid(field: "gain", "'gain' is -12 to 12 dB") }
        try await database.write { session in
            guard let song = try catalog.find(id, of: account, in: session),
                song.stems.contains(where: { $0.name == name })
            else { throw ServiceError.notFound("stem") }
            let stems = song.stems.map { $0.name == name ? $0.played(at: gain) : $0 }
            _ = try catalog.setStems(stems, of: id, owner: account, in: session)
        }
        return try await find(id, of: account)
    }

    /// Removes a song with its stems, their bytes and what they count.
    public func delete(_ id: SongID, of caller: Principal) async throws {
        let account = try caller.may(.changeLibrary)
        let song = try await find(id, of: account).song
        // Of the original no row has the size. A store that is away must not make it nothing.
        let size: Int
        do {
            size = try await objects.head(song.object).size
        } catch .notFound {
            size = 0
        }
        try await database.write { session in
            guard let song = try catalog.remove(id, of: account, in: session) else {
                throw ServiceError.notFound("song")
            }
            try ledger.freeDeleted(size, of: .storageBytes, for: account, in: session)
            try queue.enqueue(DeleteObject.job(song.object), asFollowUp: true, in: session)
            try free(song.stems, of: account, in: session)
        }
    }

    /// The bytes behind an address of a profile's song: `song`, a stem, or its picture; what is sent of them counts as used.
    public func media(
        _ file: String, of id: SongID, in profileName: String, for caller: Principal, range: ByteRange?
    ) async throws -> Download {
        let account = try caller.may(.readLibrary)
        let object = try await object(file, of: id, in: profileName, account)
        do {
            return Download(try await objects.get(object, range: range), of: account, egress)
        } catch ObjectStoreError.notFound {
            throw ServiceError.notFound("file")
        }
    }

    /// What there is of them, without them.
    public func mediaInfo(
        _ file: String, of id: SongID, in profileName: String, for caller: Principal
    ) async throws -> ObjectInfo {
        let object = try await object(file, of: id, in: profileName, caller.may(.readLibrary))
        do {
            return try await objects.head(object)
        } catch ObjectStoreError.notFound {
            throw ServiceError.notFound("file")
        }
    }

    private func object(
        _ file: String, of id: SongID, in profileName: String, _ account: AccountID
    ) async throws -> ObjectKey {
        let found = try await find(id, of: account)
        guard found.profile == profileName, let object = found.song.object(named: file) else {
            throw ServiceError.notFound("file")
        }
        return object
    }

    private func profile(_ name: String, of account: AccountID, in session: any ReadSession) throws -> Profile {
        guard let profile = try catalog.profiles(of: account, in: session).first(where: { $0.name == name }) else {
            throw ServiceError.notFound("profile")
        }
        return profile
    }

    private func free(_ stems: [Stem], of account: AccountID, in session: any WriteSession) throws {
        for stem in stems {
            try ledger.freeDeleted(stem.size, of: .storageBytes, for: account, in: session)
            for object in [stem.object] + [stem.waveform].compactMap({ $0 }) {
                try queue.enqueue(DeleteObject.job(object), asFollowUp: true, in: session)
            }
        }
    }

    private static func taker(_ caller: Principal) throws(ServiceError) -> AccountID {
        _ = try caller.may(.upload)
        return try caller.may(.changeLibrary)
    }
}

/// A song, and the name of its profile, which addresses have.
public struct NamedSong: Equatable, Sendable {
    public let song: Song
    public let profile: String

    public init(song: Song, profile: String) {
        (self.song, self.profile) = (song, profile)
    }

    /// Of its bytes and those of its stems, without the last part: `/media/The%20Waxwings/…`.
    public var path: String {
        let name = profile.utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: String(UnicodeScalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return "/media/\(name.joined())/\(song.id)"
    }
}

private typealias StemID = Identifier<Stem>

extension Song {
    /// By the last part of its address: `song`, `drums`, `drums_waveform.png`.
    fileprivate func object(named file: String) -> ObjectKey? {
        if file == "song" { return object }
        let end = "_waveform.png"
        if file.hasSuffix(end) { return stems.first { $0.name == file.dropLast(end.count) }?.waveform }
        return stems.first { $0.name == file }?.object
    }
}

extension Stem {
    fileprivate func played(at gain: Double) -> Stem {
        Stem(
            name: name, object: object, waveform: waveform, contentType: contentType, size: size, loudness: loudness,
            truePeak: truePeak, gain: gain)
    }

    fileprivate func drawn(at picture: ObjectKey) -> Stem {
        Stem(
            name: name, object: object, waveform: picture, contentType: contentType, size: size, loudness: loudness,
            truePeak: truePeak, gain: gain)
    }
}

extension [Stem] {
    /// At gains that bring them to a common loudness.
    fileprivate var balanced: [Stem] {
        zip(self, StemGains(loudness: map(\.loudness)).gains).map { $0.played(at: $1) }
    }
}
