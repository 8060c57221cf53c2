import HTTPTypes
import Hummingbird
import Storage
import WaxwingService

/// `/api/uploads`: files that clients send straight to the store.
struct LinkedUploadRoutes {
    let uploads: LinkedUploads

    func add(to router: RouterGroup<APIContext>) {
        router.post("uploads", use: begin)
        router.get("uploads/:id", use: show)
        router.post("uploads/:id/confirm", use: confirm)
        router.delete("uploads/:id", use: cancel)
    }

    private struct NewUpload: Decodable {
        let filename: String
        let size: Int
        let contentType: String
        /// Whether it is sent in parts.
        let parts: Bool?
    }

    @Sendable private func begin(_ request: Request, context: APIContext) async throws -> Response {
        let caller = try context.requirePrincipal()
        let new = try await request.json(as: NewUpload.self)
        let upload = try await uploads.begin(
            named: new.filename, size: new.size, contentType: new.contentType, inParts: new.parts ?? false,
            for: caller)
        return try context.answer(.created, OpenUploadView(upload, servedAt: request.origin))
    }

    @Sendable private func show(_ request: Request, context: APIContext) async throws -> Response {
        let caller = try context.requirePrincipal()
        let upload = try await uploads.resume(uploadID(context), parts: try request.parts(), for: caller)
        return try context.answer(.ok, OpenUploadView(upload, servedAt: request.origin))
    }

    @Sendable private func confirm(_ request: Request, context: APIContext) async throws -> Response {
        let caller = try context.requirePrincipal()
        return try context.answer(
            .accepted, AcceptedUploadView(try await uploads.confirm(uploadID(context), for: caller)))
    }

    @Sendable private func cancel(_ request: Request, context: APIContext) async throws -> Response {
        let caller = try context.requirePrincipal()
        let id = try uploadID(context)
        try await uploads.cancel(id, for: caller)
        return try context.answer(.ok, ["id": id.text])
    }

    private func uploadID(_ context: APIContext) throws -> UploadID {
        try context.identifier(ServiceError.notFound("upload"))
    }
}

extension Request {
    /// `?from=&to=`: for which parts links are wanted; nil when neither is given.
    fileprivate func parts() throws -> ClosedRange<Int>? {
        guard uri.queryParameters["from"] != nil || uri.queryParameters["to"] != nil else { return nil }
        let (first, last) = (try part("from") ?? 1, try part("to") ?? UploadedPart.numbers.upperBound)
        guard first <= last else {
            throw InvalidRequest(field: "to", message: "'to' must not be less than 'from'")
        }
        return first...last
    }

    private func part(_ name: Substring) throws -> Int? {
        guard let text = uri.queryParameters[name] else { return nil }
        guard let number = Int(text), UploadedPart.numbers.contains(number) else {
            throw InvalidRequest(
                field: String(name), message: "'\(name)' must be a number from 1 to \(UploadedPart.numbers.upperBound)")
        }
        return number
    }
}

struct OpenUploadView: Encodable, Sendable {
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

    private enum CodingKeys: String, CodingKey {
        case uploadID = "uploadId"
        case status, expiresAt, size, partSize, partCount, arrivedParts, links
    }
}

struct UploadLinkView: Encodable, Sendable {
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
}
