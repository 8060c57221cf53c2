import Auth
import Hummingbird
import SampleLibrary
import Storage
import WaxwingService

/// `/api/folders`.
struct FolderRoutes: RouteGroup {
    static let chapter = "Files"
    let files: Files

    var routes: [Route] {
        [
            Route(
                .get, "/api/folders", "listFolders", "Folders directly in one, or at the top, in order of their names.",
                query: [QueryParameter("parent", .string(format: "uuid"), "The folder they are in.")],
                answers: [.page(FolderView.self)], use: list),
            Route(
                .post, "/api/folders", "createFolder", "Makes a folder.", status: .created,
                use: create),
            Route(.get, "/api/folders/{id}", "showFolder", "One folder.", use: show),
            Route(
                .patch, "/api/folders/{id}", "changeFolder",
                "Names a folder anew, or moves it with all that is in it; null is the top.",
                use: update),
            Route(
                .delete, "/api/folders/{id}", "deleteFolder", "Removes a folder and all that is in it, files too.",
                use: delete),
        ]
    }

    private struct NewFolder: DescribedBody {
        let name: String
        let parent: FolderID?

        static let example = NewFolder(name: "Covers", parent: .example)
    }

    private struct FolderChange: DescribedBody {
        let name: String?
        let parent: Change<FolderID>

        static let example = FolderChange(name: "Covers", parent: .set(.example))
    }

    /// All at once: a place has at most a thousand.
    @Sendable private func list(_ request: Request, context: APIContext) async throws -> Response {
        let parent: FolderID? = try request.identifier("parent", ServiceError.notFound("folder"))
        let folders = try await files.folders(in: parent, of: context.requirePrincipal())
        return try context.answer(folders.map(FolderView.init), next: nil, to: request)
    }

    @Sendable private func create(
        _ new: NewFolder, _ request: Request, context: APIContext
    ) async throws -> FolderView {
        FolderView(
            try await files.createFolder(
                new.name, in: new.parent, of: context.requirePrincipal(), once: context.ticket))
    }

    @Sendable private func show(_ request: Request, context: APIContext) async throws -> FolderView {
        FolderView(try await files.folder(id(context), of: context.requirePrincipal()))
    }

    @Sendable private func update(
        _ change: FolderChange, _ request: Request, context: APIContext
    ) async throws -> FolderView {
        FolderView(
            try await files.updateFolder(
                id(context), name: change.name, parent: change.parent.value, of: context.requirePrincipal()))
    }

    @Sendable private func delete(_ request: Request, context: APIContext) async throws -> IdentifierView {
        let id = try id(context)
        try await files.deleteFolder(id, of: context.requirePrincipal())
        return IdentifierView(id: id.text)
    }

    private func id(_ context: APIContext) throws -> FolderID {
        try context.identifier(ServiceError.notFound("folder"))
    }
}

struct FolderView: Described {
    let id: String
    let name: String
    @ExplicitNull var parent: String?
    let createdAt: Timestamp

    init(_ folder: LibraryFolder) {
        (id, name, createdAt) = (folder.id.text, folder.name, folder.createdAt)
        parent = folder.parent?.text
    }

    private init(example: Void) {
        (id, name, createdAt, parent) = (.exampleID, "Covers", .example, .exampleID)
    }

    static let example = FolderView(example: ())
}
