import HTTPTypes
import Hummingbird
import Storage
import WaxwingService

/// The links of a store that has no address of its own. Whoever has one may use it: nobody is asked to sign in.
struct LinkRoutes {
    let objects: LinkedObjectStore

    func add(to router: Router<APIContext>) {
        let path = RouterPath(objects.links.base.path + "/**")
        router.get(path, use: read)
        router.put(path, use: receive)
    }

    @Sendable private func read(_ request: Request, context: APIContext) async throws -> Response {
        let link = try check(request)
        guard case .read(let name) = link.access else { throw SignedLinkRefusal.malformed }
        let range = request.headers[.range].flatMap(ByteRange.init(header:))
        let body = try await found { try await objects.get(link.key, range: range) }
        return Response(
            body, isPart: range != nil, contentType: body.info.attributes.contentType, downloadName: name,
            cacheControl: body.info.attributes.cacheControl ?? "private, max-age=3600")
    }

    /// The body streams into the store, and is cut off where it is longer than agreed.
    @Sendable private func receive(_ request: Request, context: APIContext) async throws -> Response {
        let link = try check(request)
        do {
            let etag = try await found { try await objects.receive(ByteStream(request.body), by: link) }
            return Response(status: .ok, headers: [.eTag: "\"\(etag)\""])
        } catch ObjectStoreError.conditionFailed {
            throw HTTPError(.preconditionFailed)
        } catch ObjectStoreError.refused(let reason) {
            throw ServiceError.conflict(reason)
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
