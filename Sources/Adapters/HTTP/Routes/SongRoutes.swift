import Auth
import Foundation
import HTTPTypes
import Hummingbird
import SampleLibrary
import Storage
import WaxwingService

/// `/api/profiles`, `/api/songs` and `/media`.
struct SongRoutes: RouteGroup {
    static let chapter = "Songs"
    let songs: Songs

    var routes: [Route] {
        [
            Route(
                .get, "/api/profiles", "listProfiles", "Profiles, in order of their names.",
                answers: [.page(ProfileView.self)], use: profiles),
            Route(
                .post, "/api/profiles", "createProfile", "Makes a profile: a band, a listener, a project.",
                status: .created, use: createProfile),
            Route(
                .delete, "/api/profiles/{name}", "deleteProfile", "Removes a profile that holds no song.",
                use: deleteProfile),
            Route(
                .get, "/api/profiles/{name}/files", "listSongs",
                "The songs of a profile with their stems, newest first.",
                list: "songs", use: list),
            Route(
                .post, "/api/profiles/{name}/files", "uploadSong", "Takes a song in; a profile has a sound once.",
                query: [QueryParameter("title", .string(), "The name of the file where it is left out.")],
                body: .form(file: "song"), status: .created, use: upload),
            Route(.get, "/api/songs/{id}", "showSong", "One song with its stems.", use: show),
            Route(.delete, "/api/songs/{id}", "deleteSong", "Removes a song with its stems for good.", use: delete),
            Route(
                .put, "/api/songs/{id}/stems/{stem}", "uploadStem",
                "Takes a stem in, and sets the gains of all stems to a common loudness.", body: .form(file: "stem"),
                use: uploadStem),
            Route(
                .patch, "/api/songs/{id}/stems/{stem}", "changeStem", "Sets what a player adds to a stem.",
                use: changeStem),
            Route(
                .get, "/media/{profile}/{song}/{file}", "playSong",
                "The bytes of a song, of a stem, or of its picture; `Range` is honoured.", answers: .file("*/*"),
                use: media),
        ]
    }

    private struct NewProfile: DescribedBody {
        let name: String

        static let example = NewProfile(name: "The Waxwings")
    }

    private struct StemChange: DescribedBody {
        /// dB, -12 to 12.
        let gain: Double

        static let example = StemChange(gain: -3.5)
    }

    @Sendable private func profiles(_ request: Request, context: APIContext) async throws -> Response {
        try context.answer(
            try await songs.profiles(of: context.requirePrincipal()).map(ProfileView.init), next: nil, to: request)
    }

    @Sendable private func createProfile(
        _ new: NewProfile, _ request: Request, context: APIContext
    ) async throws -> ProfileView {
        ProfileView(
            try await songs.createProfile(new.name, of: context.requirePrincipal(), once: context.ticket))
    }

    @Sendable private func deleteProfile(_ request: Request, context: APIContext) async throws -> Nothing {
        try await songs.deleteProfile(name("name", context), of: context.requirePrincipal())
        return Nothing()
    }

    @Sendable private func list(
        _ page: PageRequest, _ request: Request, context: APIContext
    ) async throws -> Page<SongView> {
        let profile = name("name", context)
        return try await songs.songs(in: profile, of: context.requirePrincipal(), page).map {
            SongView(NamedSong(song: $0, profile: profile))
        }
    }

    @Sendable private func upload(_ request: Request, context: APIContext) async throws -> SongView {
        let (caller, title) = (try context.requirePrincipal(), try request.parameter("title"))
        let form = try await UploadForm(request, file: "song")
        return SongView(
            try await songs.addSong(
                form.body, named: form.filename, title: title, to: name("name", context),
                expectedSize: form.expectedSize, for: caller, once: context.ticket))
    }

    @Sendable private func show(_ request: Request, context: APIContext) async throws -> SongView {
        SongView(try await songs.song(id(context), of: context.requirePrincipal()))
    }

    @Sendable private func delete(_ request: Request, context: APIContext) async throws -> IdentifierView {
        let id = try id(context)
        try await songs.delete(id, of: context.requirePrincipal())
        return IdentifierView(id: id.text)
    }

    @Sendable private func uploadStem(_ request: Request, context: APIContext) async throws -> SongView {
        let (caller, id) = (try context.requirePrincipal(), try id(context))
        let form = try await UploadForm(request, file: "stem")
        return SongView(
            try await songs.setStem(
                name("stem", context), of: id, form.body, expectedSize: form.expectedSize, for: caller))
    }

    @Sendable private func changeStem(
        _ change: StemChange, _ request: Request, context: APIContext
    ) async throws -> SongView {
        SongView(
            try await songs.setGain(
                change.gain, of: name("stem", context), in: id(context), for: context.requirePrincipal()))
    }

    @Sendable private func media(_ request: Request, context: APIContext) async throws -> Response {
        guard let song = context.parameters.get("song").flatMap(SongID.init) else {
            throw ServiceError.notFound("file")
        }
        let (part, profile) = (name("file", context), name("profile", context))
        let caller = try context.requirePrincipal()
        @Sendable func form(_ info: ObjectInfo) -> FileAnswer.Form {
            .init(
                contentType: info.attributes.contentType, downloadName: part,
                cacheControl: CachePolicy.ownSong.rawValue)
        }
        let file = FileAnswer {
            let info = try await songs.mediaInfo(part, of: song, in: profile, for: caller)
            return (form(info), info)
        } open: { range in
            let body = try await songs.media(part, of: song, in: profile, for: caller, range: range)
            return (form(body.info), body)
        }
        return try await context.answer(file, to: request)
    }

    private func name(_ parameter: String, _ context: APIContext) -> String {
        context.parameters.get(parameter)?.removingPercentEncoding ?? ""
    }

    private func id(_ context: APIContext) throws -> SongID {
        try context.identifier(ServiceError.notFound("song"))
    }
}

struct ProfileView: Described {
    let id: String
    let name: String
    let createdAt: Timestamp

    init(_ profile: Profile) {
        (id, name, createdAt) = (profile.id.text, profile.name, profile.createdAt)
    }

    private init(example: Void) {
        (id, name, createdAt) = (.exampleID, "The Waxwings", .example)
    }

    static let example = ProfileView(example: ())
}

struct SongView: Described {
    let id: String
    let title: String
    let profile: String
    /// Seconds.
    let duration: Double
    let url: String
    let stems: [StemView]
    let createdAt: Timestamp

    init(_ named: NamedSong) {
        let song = named.song
        (id, title, profile, duration) = (song.id.text, song.title, named.profile, song.duration)
        (url, createdAt) = ("\(named.path)/song", song.createdAt)
        stems = song.stems.map { StemView($0, below: named.path) }
    }

    private init(example: Void) {
        (id, title, profile, duration) = (.exampleID, "Bohemia", "The Waxwings", 214.5)
        (url, createdAt) = ("/media/The%20Waxwings/\(String.exampleID)/song", .example)
        stems = [.example]
    }

    static let example = SongView(example: ())
}

struct StemView: Described {
    let name: String
    let contentType: String
    let size: Int
    /// Integrated, LUFS; null for silence.
    @ExplicitNull var loudness: Double?
    /// dBTP.
    @ExplicitNull var truePeak: Double?
    /// What a player adds, dB.
    let gain: Double
    let url: String
    @ExplicitNull var waveformUrl: String?

    init(_ stem: Stem, below base: String) {
        (name, contentType, size, gain) = (stem.name, stem.contentType, stem.size, stem.gain)
        url = "\(base)/\(stem.name)"
        (loudness, truePeak) = (stem.loudness, stem.truePeak)
        waveformUrl = stem.waveform == nil ? nil : "\(base)/\(stem.name)_waveform.png"
    }

    private init(example: Void) {
        (name, contentType, size, gain) = ("drums", "audio/ogg", 5_120_000, -2.4)
        url = "/media/The%20Waxwings/\(String.exampleID)/drums"
        (loudness, truePeak) = (-20.6, -1.2)
        waveformUrl = "/media/The%20Waxwings/\(String.exampleID)/drums_waveform.png"
    }

    static let example = StemView(example: ())
}
