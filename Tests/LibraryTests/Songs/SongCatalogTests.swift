import Storage
import Testing

@testable import SampleLibrary

@Suite struct SongCatalogTests {
    private let songs = SongCatalog()

    @Test func `a song comes back with its stems`() async throws {
        let shelf = try await Shelf()
        let band = try await shelf.write { try songs.createProfile("Band", of: shelf.owner, at: shelf.start, in: $0) }
        let song = try shelf.song("One", in: band.id, stems: ["bass", "drums", "vocals"])
        try await shelf.write { try songs.insert(song, in: $0) }
        #expect(try await shelf.database.read { try songs.find(song.id, of: shelf.owner, in: $0) } == song)
        #expect(try await shelf.database.read { try songs.find(song.id, of: .random(), in: $0) } == nil)
        #expect(song.objects.count == 7)
        #expect(try await shelf.database.read { try songs.profiles(of: shelf.owner, in: $0) } == [band])
    }

    @Test func `stems are replaced, and the old ones told`() async throws {
        let shelf = try await Shelf()
        let song = try shelf.song("One", stems: ["bass"])
        let better = try shelf.song("x", stems: ["drums", "vocals"]).stems
        try await shelf.write { try songs.insert(song, in: $0) }
        #expect(
            try await shelf.write { try songs.setStems(better, of: song.id, owner: shelf.owner, in: $0) } == song.stems)
        #expect(try await shelf.database.read { try songs.find(song.id, of: shelf.owner, in: $0) }?.stems == better)
        await #expect(throws: LibraryError.notFound("song")) {
            try await shelf.write { _ = try songs.setStems([], of: song.id, owner: .random(), in: $0) }
        }
    }

    @Test func `one profile has a sound once`() async throws {
        let shelf = try await Shelf()
        let band = try await shelf.write { try songs.createProfile("Band", of: shelf.owner, at: shelf.start, in: $0) }
        let (one, same, elsewhere) = (
            try shelf.song("One", sha256: "a"), try shelf.song("Two", sha256: "a"),
            try shelf.song("Three", in: band.id, sha256: "a")
        )
        try await shelf.write { try songs.insert(one, in: $0) }
        await #expect(throws: LibraryError.sameSong(one.id)) {
            try await shelf.write { try songs.insert(same, in: $0) }
        }
        try await shelf.write { try songs.insert(elsewhere, in: $0) }
    }

    @Test func `songs are listed newest first, of one profile or all, and removed with their stems`() async throws {
        let shelf = try await Shelf()
        let band = try await shelf.write { try songs.createProfile("Band", of: shelf.owner, at: shelf.start, in: $0) }
        let made = [
            try shelf.song("1", in: band.id, stems: ["bass"], age: 1), try shelf.song("2", age: 2),
            try shelf.song("3", in: band.id, age: 3),
        ]
        for song in made { try await shelf.write { try songs.insert(song, in: $0) } }
        #expect(try await shelf.list(nil) == made)
        #expect(try await shelf.list(band.id) == [made[0], made[2]])
        #expect(try await shelf.write { try songs.remove(made[0].id, of: .random(), in: $0) } == nil)
        #expect(try await shelf.write { try songs.remove(made[0].id, of: shelf.owner, in: $0) } == made[0])
        #expect(try await shelf.list(nil) == [made[1], made[2]])
        let foreign = try shelf.song("4", in: .random())
        await #expect(throws: LibraryError.notFound("profile")) {
            try await shelf.write { try songs.insert(foreign, in: $0) }
        }
    }
}

extension Shelf {
    fileprivate func song(
        _ title: String, in profile: ProfileID? = nil, stems: [String] = [], sha256: String? = nil, age: Int = 0
    ) throws -> Song {
        let id = SongID.random()
        let parts = try stems.map {
            Stem(
                name: $0, object: try ObjectKey("stems/\(id)/\($0).opus"),
                waveform: try ObjectKey("stems/\(id)/\($0).png"),
                contentType: "audio/ogg", size: 9, loudness: -20.5, truePeak: -1, gain: 1.5)
        }
        return Song(
            id: id, owner: owner, profile: profile, title: title, object: ObjectKey(in: "songs", of: owner, id),
            sha256: sha256 ?? id.text, duration: 180, stems: parts, createdAt: start - .seconds(age))
    }

    fileprivate func list(_ profile: ProfileID?) async throws -> [Song] {
        try await database.read { try SongCatalog().list(of: owner, in: profile, PageRequest(), session: $0).items }
    }
}
