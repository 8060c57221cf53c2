import HTTPTypes
import Hummingbird
import SampleLibrary
import Storage
import WaxwingService

/// `/api/uploads`: files that clients send straight to the store.
struct LinkedUploadRoutes: RouteGroup {
    static let chapter = "Uploads"
    let uploads: LinkedUploads

    var routes: [Route] {
        let parts = Schema.integer(UploadedPart.numbers)
        return [
            Route(
                .post, "/api/uploads", "beginUpload",
                "Links by which a file is put straight into the store, whole or in parts.", status: .created, use: begin
            ),
            Route(
                .post, "/api/files/uploads", "beginFileUpload",
                "Links by which a file that is no sample is put straight into the store; it gets the upload's `id`.",
                status: .created, use: beginFile),
            Route(
                .get, "/api/uploads/{id}", "showUpload", "What has arrived, and fresh links for the rest.",
                query: [
                    QueryParameter("from", parts, "The first part to link."),
                    QueryParameter("to", parts, "The last one."),
                ], use: show),
            Route(
                .post, "/api/uploads/{id}/confirm", "confirmUpload",
                "Says that all has arrived: size and first bytes are checked, and a job analyses it.",
                status: .accepted, use: confirm),
            Route(
                .delete, "/api/uploads/{id}", "cancelUpload", "Ends an upload; what arrived is removed.", use: cancel),
        ]
    }

    private struct NewUpload: DescribedBody {
        let filename: String
        let size: Int
        let contentType: String
        /// Whether it is sent in parts.
        let parts: Bool?
        let aiAnalysis: Bool?
        let model: String?
        /// Whether a card for an SP-404 is made of the sample.
        let exportSp404: Bool?

        static let example = NewUpload(
            filename: "loop.wav", size: 1_411_244, contentType: "audio/wav", parts: false, aiAnalysis: true,
            model: "qwen/qwen3-7b", exportSp404: false)
    }

    @Sendable private func begin(
        _ new: NewUpload, _ request: Request, context: APIContext
    ) async throws -> OpenUploadView {
        let caller = try context.requirePrincipal()
        let upload = try await uploads.begin(
            named: new.filename, size: new.size, contentType: new.contentType, inParts: new.parts ?? false,
            exportsCard: new.exportSp404 ?? false,
            describedBy: VibeChoice(aiAnalysis: new.aiAnalysis, model: new.model).vibe, for: caller,
            once: context.ticket)
        return OpenUploadView(upload, servedAt: request.origin(in: context))
    }

    private struct NewFileUpload: DescribedBody {
        let filename: String
        let size: Int
        let contentType: String
        let folder: FolderID?
        /// Whether it is sent in parts.
        let parts: Bool?

        static let example = NewFileUpload(
            filename: "cover.png", size: 48_112, contentType: "image/png", folder: .example, parts: false)
    }

    @Sendable private func beginFile(
        _ new: NewFileUpload, _ request: Request, context: APIContext
    ) async throws -> OpenUploadView {
        let upload = try await uploads.beginFile(
            named: new.filename, size: new.size, contentType: new.contentType, in: new.folder,
            inParts: new.parts ?? false, for: context.requirePrincipal(), once: context.ticket)
        return OpenUploadView(upload, servedAt: request.origin(in: context))
    }

    @Sendable private func show(_ request: Request, context: APIContext) async throws -> OpenUploadView {
        let caller = try context.requirePrincipal()
        let upload = try await uploads.resume(uploadID(context), parts: try request.parts(), for: caller)
        return OpenUploadView(upload, servedAt: request.origin(in: context))
    }

    @Sendable private func confirm(_ request: Request, context: APIContext) async throws -> AcceptedUploadView {
        AcceptedUploadView(try await uploads.confirm(uploadID(context), for: context.requirePrincipal()))
    }

    @Sendable private func cancel(_ request: Request, context: APIContext) async throws -> IdentifierView {
        let caller = try context.requirePrincipal()
        let id = try uploadID(context)
        try await uploads.cancel(id, for: caller)
        return IdentifierView(id: id.text)
    }

    private func uploadID(_ context: APIContext) throws -> UploadID {
        try context.identifier(ServiceError.notFound("upload"))
    }
}

extension Request {
    /// `?from=&to=`: for which parts links are wanted; nil when neither is given.
    fileprivate func parts() throws -> ClosedRange<Int>? {
        guard try parameter("from") != nil || parameter("to") != nil else { return nil }
        let (first, last) = (try part("from") ?? 1, try part("to") ?? UploadedPart.numbers.upperBound)
        guard first <= last else {
            throw InvalidRequest(field: "to", message: "'to' must not be less than 'from'")
        }
        return first...last
    }

    private func part(_ name: String) throws -> Int? {
        guard let text = try parameter(name) else { return nil }
        guard let number = Int(text), UploadedPart.numbers.contains(number) else {
            throw InvalidRequest(
                field: name, message: "'\(name)' must be a number from 1 to \(UploadedPart.numbers.upperBound)")
        }
        return number
    }
}

struct OpenUploadView: Described {
    let uploadID: String
    let status: String
    let expiresAt: Timestamp
    let size: Int
    /// Bytes of every part but the last; null for one put.
    @ExplicitNull var partSize: Int?
    @ExplicitNull var partCount: Int?
    /// Numbers of the parts that are there.
    let arrivedParts: [Int]
    let links: [UploadLinkView]

    /// - Parameter origin: put before links that are paths.
    init(_ upload: OpenUpload, servedAt origin: String?) {
        let session = upload.session
        (uploadID, status, expiresAt) = (session.id.text, session.state.name, session.expires)
        (size, partSize, partCount) = (session.size, session.partSize, session.partCount)
        arrivedParts = upload.arrived
        links = upload.links.sorted { $0.key < $1.key }.map { UploadLinkView($0, $1, servedAt: origin) }
    }

    private init(example: Void) {
        (uploadID, status, expiresAt, size) = (.exampleID, "uploading", .laterExample, 1_411_244)
        (partSize, partCount, arrivedParts, links) = (nil, nil, [1], [.example])
    }

    static let example = OpenUploadView(example: ())

    private enum CodingKeys: String, CodingKey {
        case uploadID = "uploadId"
        case status, expiresAt, size, partSize, partCount, arrivedParts, links
    }
}

struct UploadLinkView: Described {
    let part: Int
    let method: String
    let url: String
    /// To be sent with exactly these values. A list, as names must not be taken for keys of this API.
    let headers: [Header]
    let expiresAt: Timestamp

    struct Header: Encodable, Sendable {
        let name: String
        let value: String
    }

    init(_ part: Int, _ link: PresignedRequest, servedAt origin: String?) {
        (self.part, method, expiresAt) = (part, link.method, link.expires)
        url = link.url(servedAt: origin)
        headers = link.headers.sorted { $0.key < $1.key }.map { Header(name: $0.key, value: $0.value) }
    }

    private init(example: Void) {
        (part, method, url) = (1, "PUT", "https://sounds.example.com/objects/…")
        (headers, expiresAt) = ([Header(name: "Content-Type", value: "audio/wav")], .laterExample)
    }

    static let example = UploadLinkView(example: ())
}
