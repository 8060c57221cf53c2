import HTTPTypes
import Hummingbird
import NIOCore
import WaxwingService

/// `/.well-known/jwks.json`: what others check this service's access tokens with (RFC 7517 §5).
struct KeySetRoutes {
    let signIn: SignIn

    func add(to router: RouterGroup<APIContext>) {
        router.get(".well-known/jwks.json", use: show)
    }

    /// Asked again within a key's way to its first signature, so that nobody meets a token by a key they have not seen.
    @Sendable private func show(_ request: Request, context: APIContext) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: "application/jwk-set+json", .cacheControl: "public, max-age=30"],
            body: .init(byteBuffer: ByteBuffer(bytes: signIn.publishedKeys)))
    }
}
