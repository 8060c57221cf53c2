import SampleLibrary
import Storage

extension AccountArchive {
    /// A kit may have half a megabyte of pads.
    private static let kitsAtOnce = 10

    /// What is in the account's library, by the names that clients know.
    func writeLibrary(to write: Sink) async throws {
        let account = account
        try await list("samples", to: write) { session, page in
            let samples = SampleCatalog()
            let found = try samples.list(of: account, page, hidden: true, in: session)
            let tags = try samples.tags(of: found.items.map(\.sample.id), in: session)
            return found.map { ArchivedSample($0, tags: tags[$0.sample.id] ?? []) }
        }
        try await writeCollections(to: write)
        try await list("kits", by: Self.kitsAtOnce, to: write) { session, page in
            try KitCatalog().list(of: account, page, in: session).map { kit in
                guard let kit = try KitCatalog().find(kit.id, of: account, in: session) else {
                    throw DatabaseError.unexpected("a kit is missing that was just listed")
                }
                return ArchivedKit(kit)
            }
        }
        try await list("folders", to: write) { session, page in
            try LibraryFiles().allFolders(of: account, page, in: session).map(ArchivedFolder.init)
        }
        try await list("files", to: write) { session, page in
            try LibraryFiles().all(of: account, page, in: session).map(ArchivedFile.init)
        }
        try await list("profiles", to: write) { session, _ in
            // There are few: they are listed at once.
            let profiles = try SongCatalog().profiles(of: account, in: session)
            return Page(profiles.map(ArchivedProfile.init), limit: profiles.count) { _ in PageCursor(place: 0, id: "") }
        }
        try await list("songs", to: write) { session, page in
            let names = try SongCatalog().profiles(of: account, in: session).reduce(into: [ProfileID: String]()) {
                $0[$1.id] = $1.name
            }
            return try SongCatalog().list(of: account, page, session: session).map { song in
                ArchivedSong(NamedSong(song: song, profile: song.profile.flatMap { names[$0] } ?? ""))
            }
        }
    }

    /// Each with its samples, which may be as many as there are.
    private func writeCollections(to write: Sink) async throws {
        let (account, collections) = (account, SampleCollections())
        var start = ",\"collections\":["
        try await eachPage({ try collections.all(of: account, $1, in: $0) }) { page in
            for collection in page {
                try await write(Array(start.utf8) + Self.encoded(ArchivedCollection(collection)).dropLast())
                try await list("samples", to: write) { session, page in
                    try collections.members(of: collection.id, owner: account, page, in: session)
                }
                start = "},"
            }
        }
        try await write(Array((start == "}," ? "}]" : start + "]").utf8))
    }
}

/// Without its samples, which come after it.
private struct ArchivedCollection: Encodable {
    let id: String
    let name: String
    let parent: String?
    let rules: SampleQuery?
    let createdAt: Timestamp

    init(_ collection: SampleCollection) {
        (id, name, parent) = (collection.id.text, collection.name, collection.parent?.text)
        (rules, createdAt) = (collection.rules, collection.createdAt)
    }
}

private struct ArchivedFolder: Encodable {
    let id: String
    let name: String
    let parent: String?
    let createdAt: Timestamp

    init(_ folder: LibraryFolder) {
        (id, name, parent) = (folder.id.text, folder.name, folder.parent?.text)
        createdAt = folder.createdAt
    }
}

private struct ArchivedFile: Encodable {
    let id: String
    let name: String
    let folder: String?
    let contentType: String
    let size: Int
    let `public`: Bool
    let createdAt: Timestamp
    let fileUrl: String

    init(_ file: LibraryFile) {
        (id, name, folder, contentType) = (file.id.text, file.name, file.folder?.text, file.contentType)
        (size, `public`, createdAt) = (file.size, file.isPublic, file.createdAt)
        fileUrl = "/api/files/\(file.id)/content"
    }
}
