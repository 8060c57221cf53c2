import HTTPTypes
import Hummingbird
import NIOCore
import WaxwingService

/// `/.well-known/jwks.json`: what others check this service's access tokens with (RFC 7517 §5).
struct KeySetRoutes: RouteGroup {
    static let chapter = "Sign-in"
    let signIn: SignIn

    var routes: [Route] {
        [
            Route(
                .get, "/.well-known/jwks.json", "showKeySet", "The keys that access tokens are signed with (RFC 7517).",
                answers: [AnswerDescription(.ok, MediaDescription("application/jwk-set+json") { _ in .anything })],
                use: show)
        ]
    }

    /// Asked again within a key's way to its first signature, so that nobody meets a token by a key they have not seen.
    @Sendable private func show(_ request: Request, context: APIContext) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: "application/jwk-set+json", .cacheControl: CachePolicy.keys.rawValue],
            body: .init(byteBuffer: ByteBuffer(bytes: signIn.publishedKeys)))
    }
}
