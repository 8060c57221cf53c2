import HTTPTypes
import Hummingbird
import WaxwingService

/// `/api/upload` and `/api/process`: where files come in.
struct UploadRoutes: RouteGroup {
    static let chapter = "Uploads"
    let uploads: Uploads
    let processing: Processing

    var routes: [Route] {
        let form = BodyDescription.form(file: "audio", VibeChoice.members)
        return [
            Route(
                .post, "/api/upload", "upload", "Takes a file in; a job analyses it.",
                query: [
                    QueryParameter(
                        "export_sp404", .boolean,
                        "Whether a card for an SP-404 is made of the sample: the export has the sample's `id`.")
                ], body: form, status: .accepted, use: upload),
            Route(
                .post, "/api/process", "process",
                "Analyses a file at once, and keeps nothing; JSON names the address of one, where that is allowed.",
                body: BodyDescription(isRequired: true, media: form.media + BodyDescription.json(FileOrder.self).media),
                use: process),
        ]
    }

    @Sendable private func upload(_ request: Request, context: APIContext) async throws -> AcceptedUploadView {
        let caller = try context.requirePrincipal()
        let exportsCard = try request.flag("export_sp404") ?? false
        let form = try await UploadForm(request, file: "audio", keeping: VibeChoice.fields)
        let accepted = try await uploads.receive(
            form.body, named: form.filename, expectedSize: form.expectedSize, exportsCard: exportsCard,
            describedBy: form.vibe, for: caller,
            once: context.ticket)
        return AcceptedUploadView(accepted)
    }

    @Sendable private func process(_ request: Request, context: APIContext) async throws -> ProcessedFileView {
        let caller = try context.requirePrincipal()
        if request.isJSON {
            let order = try await request.json(as: FileOrder.self)
            return ProcessedFileView(
                try await processing.process(
                    fileAt: order.fileUrl, describedBy: order.options?.vibe, for: caller, once: context.ticket))
        }
        let form = try await UploadForm(request, file: "audio", keeping: VibeChoice.fields)
        return ProcessedFileView(
            try await processing.process(
                form.body, named: form.filename, describedBy: form.vibe, for: caller, once: context.ticket))
    }

    struct FileOrder: DescribedBody {
        let fileUrl: String
        let options: VibeChoice?

        static let example = FileOrder(fileUrl: "https://sounds.example.org/loop.wav", options: .example)
    }
}

/// Whether a model is to describe a sound, and which.
struct VibeChoice: DescribedBody {
    /// Where a form says the same.
    static let members = [
        Schema.Member(name: "ai_analysis", schema: .oneOf(["true", "false"]), isRequired: false),
        Schema.Member(name: "model", schema: .string(), isRequired: false),
    ]
    static let fields = Set(members.map(\.name))
    static let example = VibeChoice(aiAnalysis: true, model: "qwen/qwen3-7b")

    var aiAnalysis: Bool?
    var model: String?

    /// Nil for by no model.
    var vibe: VibeRequest? { aiAnalysis == true ? VibeRequest(model: model) : nil }
}

extension UploadForm {
    /// To be asked when the body has been read.
    @Sendable func vibe() throws -> VibeRequest? {
        switch fields["ai_analysis"] {
        case "true": VibeRequest(model: fields["model"])
        case "false", nil: nil
        default: throw InvalidRequest(field: "ai_analysis", message: "'ai_analysis' is 'true' or 'false'")
        }
    }
}

extension Request {
    fileprivate var isJSON: Bool {
        HeaderParameters(headers[.contentType] ?? "").value.lowercased() == "application/json"
    }
}
