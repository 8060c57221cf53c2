import Foundation
import HTTPTypes
import Hummingbird
import Storage
import WaxwingService

/// The links of a store that has no address of its own. Whoever has one may use it: nobody is asked to sign in.
struct LinkRoutes: RouteGroup {
    static let chapter = "Uploads"
    let objects: LinkedObjectStore
    let egress: Egress

    var routes: [Route] {
        let path = objects.links.base.path + "/**"
        return [
            Route(
                .get, path, "readObject", "What a link lets read; `Range` is honoured.", answers: .file("*/*"),
                use: read),
            Route(
                .put, path, "putObject", "What a link lets put.", body: .media(.bytes("*/*")),
                answers: [AnswerDescription(.ok)], use: receive),
        ]
    }

    @Sendable private func read(_ request: Request, context: APIContext) async throws -> Response {
        let link = try check(request)
        guard case .read(let name) = link.access else { throw SignedLinkRefusal.malformed }
        @Sendable func form(_ info: ObjectInfo) -> FileAnswer.Form {
            .init(
                contentType: info.attributes.contentType, downloadName: name,
                cacheControl: info.attributes.cacheControl ?? CachePolicy.ownFile.rawValue)
        }
        let file = FileAnswer {
            let info = try await found { try await objects.head(link.key) }
            return (form(info), info)
        } open: { range in
            let body = egress.download(try await found { try await objects.get(link.key, range: range) })
            return (form(body.info), body)
        }
        var response = try await context.answer(file, to: request)
        // Links are made for players and pages wherever they are.
        response.headers[.crossOriginResourcePolicy] = "cross-origin"
        return response
    }

    /// The body streams into the store, and is cut off where it is longer than agreed.
    @Sendable private func receive(_ request: Request, context: APIContext) async throws -> Response {
        let link = try check(request)
        let conditions = Preconditions(request.method, request.headers)
        if !conditions.isEmpty { try await check(conditions, for: link) }
        do {
            let etag = try await found { try await objects.receive(ByteStream(request.body), by: link) }
            return Response(status: .ok, headers: [.eTag: "\"\(etag)\""])
        } catch ObjectStoreError.conditionFailed {
            throw HTTPError(.preconditionFailed)
        } catch ObjectStoreError.refused(let reason) {
            throw ServiceError.conflict(reason)
        }
    }

    private func check(_ conditions: Preconditions, for link: SignedLink) async throws {
        var version: Validators?
        do {
            version = Validators(try await objects.head(link.key))
        } catch ObjectStoreError.notFound {
            version = nil
        }
        guard conditions.verdict(for: version, at: Timestamp(Date())) == .proceed else {
            throw HTTPError(.preconditionFailed)
        }
    }

    private func check(_ request: Request) throws -> SignedLink {
        try objects.check(
            LinkRequest(
                method: request.method.rawValue, path: request.uri.path, query: request.uri.query ?? "",
                length: request.headers[.contentLength].flatMap(Int.init),
                contentType: request.headers[.contentType]))
    }

    private func found<Value>(_ work: () async throws -> Value) async throws -> Value {
        do {
            return try await work()
        } catch ObjectStoreError.notFound {
            throw ServiceError.notFound("object")
        }
    }
}
