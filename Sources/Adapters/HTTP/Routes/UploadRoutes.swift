import HTTPTypes
import Hummingbird
import WaxwingService

/// `/api/upload` and `/api/process`: where files come in.
struct UploadRoutes {
    let uploads: Uploads
    let processing: Processing

    func add(to router: RouterGroup<APIContext>) {
        router.post("upload", use: upload)
        router.post("process", use: process)
    }

    @Sendable private func upload(_ request: Request, context: APIContext) async throws -> Response {
        let caller = try context.requirePrincipal()
        let form = try await UploadForm(request, file: "audio")
        let accepted = try await uploads.receive(
            form.body, named: form.filename, expectedSize: form.expectedSize, for: caller)
        return try context.answer(.accepted, AcceptedUploadView(accepted))
    }

    @Sendable private func process(_ request: Request, context: APIContext) async throws -> Response {
        let caller = try context.requirePrincipal()
        let form = try await UploadForm(request, file: "audio")
        let file = try await processing.process(form.body, named: form.filename, for: caller)
        return try context.answer(.ok, ProcessedFileView(file))
    }
}
