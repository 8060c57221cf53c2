import Auth
import HTTPTypes
import Hummingbird
import SampleLibrary
import Storage
import WaxwingService

/// `/api/files`.
struct FileRoutes: RouteGroup {
    static let chapter = "Files"
    let files: Files

    var routes: [Route] {
        let folder = QueryParameter("folder", .string(format: "uuid"), "The folder; the top where it is left out.")
        return [
            Route(
                .get, "/api/files", "listFiles", "Files directly in a folder, or at the top, newest first.",
                query: [folder], list: "files", use: list),
            Route(
                .post, "/api/files", "uploadFile",
                "Keeps a file: JPEG, PNG, HEIC, PDF, DOCX up to 10 MB, MP3, WAV, FLAC, MP4, QuickTime up to 50 MB.",
                query: [folder], body: .form(file: "file"), status: .created, use: upload),
            Route(.get, "/api/files/{id}", "showFile", "What is known of a file.", use: show),
            Route(
                .patch, "/api/files/{id}", "changeFile",
                "Names a file anew, moves it (null is the top), opens or closes it to the public.",
                use: update),
            Route(.delete, "/api/files/{id}", "deleteFile", "Removes a file for good.", use: delete),
            Route(
                .get, "/api/files/{id}/content", "downloadFile", "The bytes; `Range` is honoured.",
                answers: .file("*/*"), use: content),
            Route(
                .get, "/api/files/{id}/link", "linkFile",
                "A link by which anybody reads the bytes for an hour, straight from the store.", use: link),
        ]
    }

    private struct FileChange: DescribedBody {
        let name: String?
        let folder: Change<FolderID>
        let `public`: Bool?

        static let example = FileChange(name: "cover.png", folder: .set(.example), public: true)
    }

    @Sendable private func list(
        _ page: PageRequest, _ request: Request, context: APIContext
    ) async throws -> Page<FileView> {
        try await files.files(in: request.folder(), of: context.requirePrincipal(), page).map(FileView.init)
    }

    @Sendable private func upload(_ request: Request, context: APIContext) async throws -> FileView {
        let (caller, folder) = (try context.requirePrincipal(), try request.folder())
        let form = try await UploadForm(request, file: "file")
        return FileView(
            try await files.receive(
                form.body, named: form.filename, in: folder, expectedSize: form.expectedSize, for: caller,
                once: context.ticket))
    }

    @Sendable private func show(_ request: Request, context: APIContext) async throws -> FileView {
        FileView(try await files.file(id(context), of: context.requirePrincipal()))
    }

    @Sendable private func update(
        _ change: FileChange, _ request: Request, context: APIContext
    ) async throws -> FileView {
        FileView(
            try await files.update(
                id(context), name: change.name, folder: change.folder.value, isPublic: change.public,
                of: context.requirePrincipal()))
    }

    @Sendable private func delete(_ request: Request, context: APIContext) async throws -> IdentifierView {
        let id = try id(context)
        try await files.delete(id, of: context.requirePrincipal())
        return IdentifierView(id: id.text)
    }

    /// Offered for download and never rendered.
    @Sendable private func content(_ request: Request, context: APIContext) async throws -> Response {
        let (id, caller) = (try id(context), try context.requirePrincipal())
        let file = FileAnswer {
            let (file, info) = try await files.contentInfo(id, of: caller)
            return (.init(file), info)
        } open: { range in
            let (file, body) = try await files.content(id, of: caller, range: range)
            return (.init(file), body)
        }
        return try await context.answer(file, to: request)
    }

    @Sendable private func link(_ request: Request, context: APIContext) async throws -> ObjectLinkView {
        let link = try await files.link(to: id(context), of: context.requirePrincipal())
        return ObjectLinkView(link, servedAt: request.origin(in: context))
    }

    private func id(_ context: APIContext) throws -> FileID {
        try context.identifier(ServiceError.notFound("file"))
    }
}

/// `/api/public/files`: what its owner opened to everybody.
struct PublicFileRoutes: RouteGroup {
    static let chapter = "Files"
    let files: Files

    var routes: [Route] {
        [
            Route(
                .get, "/api/public/files/{id}", "downloadPublicFile",
                "The bytes of a file that its owner opened to everybody; `Range` is honoured.",
                answers: .file("*/*"), use: content)
        ]
    }

    @Sendable private func content(_ request: Request, context: APIContext) async throws -> Response {
        let id: FileID = try context.identifier(ServiceError.notFound("file"))
        let file = FileAnswer {
            let (file, info) = try await files.publicContentInfo(id)
            return (.init(ofAll: file), info)
        } open: { range in
            let (file, body) = try await files.publicContent(id, range: range)
            return (.init(ofAll: file), body)
        }
        return try await context.answer(file, to: request)
    }
}

extension FileAnswer.Form {
    fileprivate init(_ file: LibraryFile) {
        self.init(contentType: file.contentType, downloadName: file.name)
    }

    /// Of a file that is open to everybody.
    fileprivate init(ofAll file: LibraryFile) {
        self.init(file)
        cacheControl = (file.contentType.hasPrefix("image/") ? CachePolicy.publicPicture : .publicFile).rawValue
    }
}

extension Request {
    fileprivate func folder() throws -> FolderID? { try identifier("folder", ServiceError.notFound("folder")) }
}

struct FileView: Described {
    let id: String
    let name: String
    @ExplicitNull var folder: String?
    let contentType: String
    let size: Int
    let `public`: Bool
    let url: String
    let createdAt: Timestamp

    init(_ file: LibraryFile) {
        (id, name, contentType) = (file.id.text, file.name, file.contentType)
        (size, `public`, createdAt) = (file.size, file.isPublic, file.createdAt)
        url = file.isPublic ? "/api/public/files/\(file.id)" : "/api/files/\(file.id)/content"
        folder = file.folder?.text
    }

    private init(example: Void) {
        (id, name, contentType) = (.exampleID, "cover.png", "image/png")
        (size, `public`, createdAt, folder) = (48_112, false, .example, .exampleID)
        url = "/api/files/\(String.exampleID)/content"
    }

    static let example = FileView(example: ())
}
