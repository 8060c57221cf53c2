import HTTPTypes
import Hummingbird
import SampleLibrary
import Storage
import WaxwingService

/// `/api/samples`.
struct SampleRoutes {
    let library: Library

    func add(to router: RouterGroup<APIContext>) {
        router.get("samples", use: list)
        router.get("samples/:id", use: show)
        router.get("samples/:id/audio", use: audio)
        router.get("samples/:id/link", use: link)
        router.delete("samples/:id", use: delete)
        router.post("samples/:id/restore", use: restore)
    }

    @Sendable private func list(_ request: Request, context: APIContext) async throws -> Response {
        let caller = try context.requirePrincipal()
        return try context.answer(
            try await library.samples(of: caller, request.page(of: caller.user, list: "samples")), of: caller.user,
            list: "samples",
            SampleView.init)
    }

    @Sendable private func show(_ request: Request, context: APIContext) async throws -> Response {
        let caller = try context.requirePrincipal()
        return try context.answer(.ok, SampleView(try await library.sample(sampleID(context), of: caller)))
    }

    @Sendable private func delete(_ request: Request, context: APIContext) async throws -> Response {
        let caller = try context.requirePrincipal()
        let id = try sampleID(context)
        switch request.uri.queryParameters["purge"] {
        case "true": try await library.purge(id, of: caller)
        case "false", nil: try await library.hide(id, of: caller)
        default: throw InvalidRequest(field: "purge", message: "'purge' is 'true' or 'false'")
        }
        return try context.answer(.ok, ["id": id.text])
    }

    @Sendable private func restore(_ request: Request, context: APIContext) async throws -> Response {
        let caller = try context.requirePrincipal()
        return try context.answer(.ok, SampleView(try await library.restore(sampleID(context), of: caller)))
    }

    /// The original bytes. What strangers uploaded is offered for download and never rendered.
    @Sendable private func audio(_ request: Request, context: APIContext) async throws -> Response {
        let caller = try context.requirePrincipal()
        let range = request.headers[.range].flatMap(ByteRange.init(header:))
        let (sample, body) = try await library.audio(sampleID(context), of: caller, range: range)
        return Response(
            body, isPart: range != nil, contentType: sample.contentType, downloadName: sample.filename,
            cacheControl: "private, max-age=3600")
    }

    /// For a player or a download that cannot, or need not, come through here.
    @Sendable private func link(_ request: Request, context: APIContext) async throws -> Response {
        let caller = try context.requirePrincipal()
        let link = try await library.audioLink(to: sampleID(context), of: caller)
        return try context.answer(.ok, SampleLinkView(url: link.url(servedAt: request.origin), expiresAt: link.expires))
    }

    private func sampleID(_ context: APIContext) throws -> SampleID {
        try context.identifier(ServiceError.notFound("sample"))
    }
}

private struct SampleLinkView: Encodable, Sendable {
    let url: String
    let expiresAt: Timestamp
}
