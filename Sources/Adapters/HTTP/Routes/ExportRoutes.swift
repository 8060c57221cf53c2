import Auth
import HTTPTypes
import Hummingbird
import Jobs
import SampleLibrary
import Storage
import WaxwingService

/// `/api/exports`: cards of samplers, made by jobs and kept for a week.
struct ExportRoutes: RouteGroup {
    static let chapter = "Exports"
    let exports: Exports

    var routes: [Route] {
        [
            Route(
                .get, "/api/exports", "listExports", "Cards that were asked for, newest first.", list: "exports",
                use: list),
            Route(
                .post, "/api/exports", "exportSamples",
                "Makes a card with samples: on pads in their order, or as files in folders; a ZIP file kept for 7 days.",
                status: .accepted, use: create),
            Route(
                .get, "/api/exports/{id}", "showExport", "How far a card is, and where it is loaded from.", use: show),
            Route(
                .delete, "/api/exports/{id}", "deleteExport",
                "Removes a card with its file; one that is being made is stopped.", use: delete),
            Route(
                .get, "/api/exports/{id}/download", "downloadExport", "The ZIP file; `Range` is honoured.",
                answers: .file(Self.zip), use: download),
            Route(
                .get, "/api/exports/{id}/link", "linkExport",
                "A link by which anybody loads the ZIP file for an hour, straight from the store.", use: link),
        ]
    }

    @Sendable private func list(
        _ page: PageRequest, _ request: Request, context: APIContext
    ) async throws -> Page<ExportView> {
        try await exports.exports(of: context.requirePrincipal(), page).map(ExportView.init)
    }

    @Sendable private func create(
        _ body: SampleExportBody, _ request: Request, context: APIContext
    ) async throws -> ExportView {
        ExportView(
            try await exports.export(
                body.samples, named: body.name ?? "Export", for: body.card.target, of: context.requirePrincipal(),
                once: context.ticket))
    }

    @Sendable private func show(_ request: Request, context: APIContext) async throws -> ExportView {
        ExportView(try await exports.export(id(context), of: context.requirePrincipal()))
    }

    @Sendable private func delete(_ request: Request, context: APIContext) async throws -> IdentifierView {
        let id = try id(context)
        try await exports.delete(id, of: context.requirePrincipal())
        return IdentifierView(id: id.text)
    }

    @Sendable private func download(_ request: Request, context: APIContext) async throws -> Response {
        let (id, caller) = (try id(context), try context.requirePrincipal())
        let file = FileAnswer {
            let (report, info) = try await exports.downloadInfo(id, of: caller)
            return (.init(contentType: Self.zip, downloadName: report.filename), info)
        } open: { range in
            let (report, body) = try await exports.download(id, of: caller, range: range)
            return (.init(contentType: Self.zip, downloadName: report.filename), body)
        }
        return try await context.answer(file, to: request)
    }

    @Sendable private func link(_ request: Request, context: APIContext) async throws -> ObjectLinkView {
        let link = try await exports.link(to: id(context), of: context.requirePrincipal())
        return ObjectLinkView(link, servedAt: request.origin(in: context))
    }

    private static let zip = "application/zip"

    private func id(_ context: APIContext) throws -> JobID {
        try context.identifier(ServiceError.notFound("export"))
    }
}

/// What a card is made for.
struct ExportBody: DescribedBody {
    let device: ExportTarget.Device?
    /// 1…16, of an SP-404MKII.
    let project: Int?
    let place: String?
    let layout: String?
    let format: String?
    /// Adds silence to sounds shorter than 0.1 s.
    let lengthen: Bool?

    var target: ExportTarget {
        ExportTarget(
            device ?? .sp404mkii, project: project, place: place, layout: layout, format: format,
            lengthens: lengthen ?? false)
    }

    static let example = ExportBody(
        device: .sp404mkii, project: 3, place: "export", layout: "flat", format: "wav", lengthen: true)
}

/// Samples, and the card that they go on.
struct SampleExportBody: DescribedBody {
    let samples: [SampleID]
    /// 1 to 31 printable ASCII characters; `Export` where it is left out.
    let name: String?
    let card: ExportBody

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        samples = try container.decode([SampleID].self, forKey: .samples)
        name = try container.decodeIfPresent(String.self, forKey: .name)
        card = try ExportBody(from: decoder)
    }

    private init(_ samples: [SampleID], named name: String, on card: ExportBody) {
        (self.samples, self.name, self.card) = (samples, name, card)
    }

    private enum CodingKeys: CodingKey {
        case samples, name
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(samples, forKey: .samples)
        try container.encodeIfPresent(name, forKey: .name)
        try card.encode(to: encoder)
    }

    static let example = SampleExportBody(
        [.example], named: "Drums",
        on: ExportBody(
            device: .import, project: 3, place: "export", layout: "tempo", format: "wav", lengthen: false))
}

struct ExportView: Described {
    let id: String
    /// Its job has the same name.
    let jobId: String
    let name: String
    let device: ExportTarget.Device
    let status: JobStatus
    @ExplicitNull var progress: Double?
    @ExplicitNull var progressNote: String?
    @ExplicitNull var error: String?
    let samplesWritten: Int
    let notes: [String]
    @ExplicitNull var size: Int?
    /// Null until there is a file.
    @ExplicitNull var downloadUrl: String?
    let createdAt: Timestamp
    @ExplicitNull var completedAt: Timestamp?
    @ExplicitNull var expiresAt: Timestamp?

    init(_ report: ExportReport) {
        (id, jobId, name, device) = (report.id.text, report.id.text, report.name, report.device)
        (status, samplesWritten, notes) = (report.status, report.written, report.notes)
        createdAt = report.createdAt
        (progress, progressNote, error, size) = (report.progress, report.progressNote, report.error, report.size)
        downloadUrl = report.size == nil ? nil : "/api/exports/\(report.id)/download"
        (completedAt, expiresAt) = (report.completedAt, report.expiresAt)
    }

    private init(example: Void) {
        (id, jobId, name, device) = (.exampleID, .exampleID, "Night drive", .sp404mkii)
        (status, samplesWritten, notes) = (.completed, 12, ["A2: its name becomes 'snare'"])
        createdAt = .example
        (progress, progressNote, error, size) = (1, "packing", "it was cancelled", 4_801_034)
        downloadUrl = "/api/exports/\(String.exampleID)/download"
        (completedAt, expiresAt) = (.laterExample, .laterExample)
    }

    static let example = ExportView(example: ())
}

/// For a player or a download that cannot, or need not, come through here.
struct ObjectLinkView: Described {
    let url: String
    let expiresAt: Timestamp

    init(_ link: PresignedRequest, servedAt origin: String?) {
        (url, expiresAt) = (link.url(servedAt: origin), link.expires)
    }

    private init(example: Void) {
        (url, expiresAt) = ("https://sounds.example.com/objects/…", .laterExample)
    }

    static let example = ObjectLinkView(example: ())
}
