import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// `/openapi.json` and `/docs`: the routes, described from their declarations.
struct DocumentRoutes: RouteGroup {
    static let chapter = "Service"
    let routes: [Route]

    /// - Parameters:
    ///   - others: all routes but these two.
    ///   - server: where the service is; nil for wherever a client finds it.
    init(describing others: [Route], server: String?, version: String) throws {
        let unserved: Route.Handler = { _, _ in throw HTTPError(.notFound) }
        let all = others + Self.declared(json: unserved, page: unserved)
        let api = try OpenAPI(all, server: server, version: version)
        let json = try JSONWriter.bytes(of: api.document)
        let page = DocumentationPage(all, version: version).page
        let (jsonTag, pageTag) = (EntityTag(of: Array(json.readableBytesView)), EntityTag(of: Array(page.html.utf8)))
        routes = Self.declared(
            json: { request, _ in
                try Response(
                    status: .ok,
                    headers: [
                        .contentType: "application/json; charset=utf-8", .cacheControl: CachePolicy.published.rawValue,
                    ], body: .init(byteBuffer: json)
                ).unless(request, has: jsonTag)
            },
            page: { request, _ in
                var response = page.response()
                response.headers[.cacheControl] = CachePolicy.published.rawValue
                return try response.unless(request, has: pageTag)
            })
    }

    private static func declared(json: @escaping Route.Handler, page: @escaping Route.Handler) -> [Route] {
        [
            Route(
                .get, "/openapi.json", "showDescription", "This description, for programs (OpenAPI 3.1).",
                answers: [AnswerDescription(.ok, MediaDescription("application/json") { _ in .anything })], use: json),
            Route(
                .get, "/docs", "showDocumentation", "This description, for people.",
                answers: [AnswerDescription(.ok, .text("text/html"))], use: page),
        ].map { $0.with(.published, in: chapter) }
    }
}
