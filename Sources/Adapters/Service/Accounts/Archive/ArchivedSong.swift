import SampleLibrary
import Storage

/// A song with its stems, as an account takes it away.
struct ArchivedSong: Encodable {
    let id: String
    let title: String
    /// By its name, as addresses have it.
    let profile: String
    /// Seconds.
    let duration: Double
    let fileUrl: String
    let stems: [ArchivedStem]
    let createdAt: Timestamp

    init(_ named: NamedSong) {
        let song = named.song
        (id, title, profile, duration) = (song.id.text, song.title, named.profile, song.duration)
        (fileUrl, createdAt) = ("\(named.path)/song", song.createdAt)
        stems = song.stems.map { ArchivedStem($0, of: named) }
    }
}

struct ArchivedStem: Encodable {
    let name: String
    let contentType: String
    let size: Int
    let loudness: Double?
    let truePeak: Double?
    let gain: Double
    let fileUrl: String

    init(_ stem: Stem, of song: NamedSong) {
        (name, contentType, size, gain) = (stem.name, stem.contentType, stem.size, stem.gain)
        (loudness, truePeak, fileUrl) = (stem.loudness, stem.truePeak, "\(song.path)/\(stem.name)")
    }
}

/// A profile that songs are kept for.
struct ArchivedProfile: Encodable {
    let id: String
    let name: String
    let createdAt: Timestamp

    init(_ profile: Profile) {
        (id, name, createdAt) = (profile.id.text, profile.name, profile.createdAt)
    }
}
