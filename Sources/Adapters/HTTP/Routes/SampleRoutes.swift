import Auth
import HTTPTypes
import Hummingbird
import SampleLibrary
import Storage
import WaxwingService

/// `/api/samples`: the samples themselves.
struct SampleRoutes: RouteGroup {
    static let chapter = "Samples"
    let library: Library

    var routes: [Route] {
        [
            Route(
                .get, "/api/samples", "listSamples", "Samples that fit, with their features; the newest first.",
                query: Self.filters + Self.order + [.limit, .cursor], answers: [.page(SampleView.self)], use: list),
            Route(
                .get, "/api/samples/facets", "countSamples", "How many of the samples that fit have what.",
                query: Self.filters, use: counts),
            Route(.get, "/api/samples/{id}", "showSample", "One sample, with its waveform.", use: show),
            Route(
                .patch, "/api/samples/{id}", "changeSample",
                "Renames, tags or corrects a sample; null takes a correction back.", use: change),
            Route(
                .get, "/api/samples/{id}/audio", "downloadSample", "The original bytes; `Range` is honoured.",
                answers: .file("audio/*"), use: audio),
            Route(
                .get, "/api/samples/{id}/link", "linkSample",
                "A link by which anybody reads the original bytes for an hour, straight from the store.", use: link),
            Route(
                .delete, "/api/samples/{id}", "deleteSample",
                "Hides a sample; it can be restored for 30 days. With `purge` row, features, file and quota go at once.",
                query: [QueryParameter("purge", .boolean, "Whether it goes for good.")], use: delete),
            Route(.post, "/api/samples/{id}/restore", "restoreSample", "Brings a hidden sample back.", use: restore),
            Route(
                .get, "/api/tags", "listTags", "The tags in use, and on how many samples each is.",
                query: [.limit, .cursor], answers: [.page(TagView.self)], use: tags),
        ]
    }

    private static let filters = [
        QueryParameter("q", .string(), "Words that begin those of filename, tags and role."),
        QueryParameter("kind", .string(), "`one-shot`, `loop`, `song`; several with commas between them."),
        QueryParameter("role", .string(), "As `kick`; several with commas between them."),
        QueryParameter("bpm_min", .number, "Beats per minute."),
        QueryParameter("bpm_max", .number, "Beats per minute."),
        QueryParameter("key", .string(), "As `8A` or `A minor`."),
        QueryParameter("compatible", .boolean, "Whether keys that mix well with it fit, too."),
        QueryParameter("duration_min", .number, "Seconds."), QueryParameter("duration_max", .number, "Seconds."),
        QueryParameter("tags", .string(), "All of these, with commas between them."),
        QueryParameter("collection", .string(format: "uuid"), "What is in it, or fits its rules."),
        QueryParameter("hidden", .boolean, "Those that are hidden, instead of those that are not."),
    ]

    private static let order = [
        QueryParameter(
            "sort", .oneOf(SampleQuery.sorts + SampleQuery.sorts.map { "-\($0)" }), "`-` is the other direction.")
    ]

    @Sendable private func list(_ request: Request, context: APIContext) async throws -> Response {
        let page = try await library.search(
            asked(request), of: context.requirePrincipal(), limit: request.pageLimit(),
            cursor: try request.parameter("cursor"))
        return try context.answer(page.items.map(SampleView.init), next: page.cursor, to: request)
    }

    private func asked(_ request: Request) throws -> SampleQuery {
        let names = (Self.filters + Self.order).map(\.name)
        let values = try names.compactMap { name in try request.parameter(name).map { (name, $0) } }
        let known = Dictionary(values) { first, _ in first }
        return try SampleQuery(asked: { known[$0] })
    }

    @Sendable private func counts(_ request: Request, context: APIContext) async throws -> SampleCountsView {
        SampleCountsView(
            try await library.counts(of: asked(request), of: context.requirePrincipal()))
    }

    @Sendable private func show(_ request: Request, context: APIContext) async throws -> SampleView {
        SampleView(try await library.details(of: context.sampleID(), of: context.requirePrincipal()))
    }

    @Sendable private func change(
        _ form: SampleChangeForm, _ request: Request, context: APIContext
    ) async throws -> SampleView {
        SampleView(
            try await library.change(context.sampleID(), form.change, of: context.requirePrincipal()))
    }

    @Sendable private func delete(_ request: Request, context: APIContext) async throws -> IdentifierView {
        let caller = try context.requirePrincipal()
        let id = try context.sampleID()
        switch try request.parameter("purge") {
        case "true": try await library.purge(id, of: caller)
        case "false", nil: try await library.hide(id, of: caller)
        default: throw InvalidRequest(field: "purge", message: "'purge' is 'true' or 'false'")
        }
        return IdentifierView(id: id.text)
    }

    @Sendable private func restore(_ request: Request, context: APIContext) async throws -> SampleView {
        SampleView(try await library.restore(context.sampleID(), of: context.requirePrincipal()))
    }

    /// The original bytes.
    @Sendable private func audio(_ request: Request, context: APIContext) async throws -> Response {
        let caller = try context.requirePrincipal()
        let id = try context.sampleID()
        let file = FileAnswer {
            let (sample, info) = try await library.audioInfo(id, of: caller)
            return (.init(contentType: sample.contentType, downloadName: sample.filename), info)
        } open: { range in
            let (sample, body) = try await library.audio(id, of: caller, range: range)
            return (.init(contentType: sample.contentType, downloadName: sample.filename), body)
        }
        return try await context.answer(file, to: request)
    }

    /// For a player or a download that cannot, or need not, come through here.
    @Sendable private func link(_ request: Request, context: APIContext) async throws -> SampleLinkView {
        let link = try await library.audioLink(to: context.sampleID(), of: context.requirePrincipal())
        return SampleLinkView(url: link.url(servedAt: request.origin(in: context)), expiresAt: link.expires)
    }

    @Sendable private func tags(_ request: Request, context: APIContext) async throws -> Response {
        let caller = try context.requirePrincipal()
        let page = try request.page(of: caller.user, list: "tags")
        let (tags, last) = try await library.tags(of: caller, limit: page.limit, after: page.after?.id)
        // Tags have no time: their cursor is the last of them.
        let next = last.map {
            PageCursor(createdAt: Timestamp(milliseconds: 0), id: $0).encoded(for: caller.user, list: "tags")
        }
        return try context.answer(tags.map(TagView.init), next: next, to: request)
    }
}

extension APIContext {
    func sampleID() throws -> SampleID { try identifier(ServiceError.notFound("sample")) }
}

private struct SampleLinkView: Described {
    let url: String
    let expiresAt: Timestamp

    static let example = SampleLinkView(url: "https://sounds.example.com/objects/…", expiresAt: .laterExample)
}
