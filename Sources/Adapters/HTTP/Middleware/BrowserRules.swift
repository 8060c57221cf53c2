import HTTPTypes
import Hummingbird

/// What every answer tells browsers besides what ``RequestLog`` adds, and what no answer may tell caches.
struct BrowserRules: RouterMiddleware {
    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        // Of another site's page nothing is embedded, whatever it is.
        if response.headers[.crossOriginResourcePolicy] == nil {
            response.headers[.crossOriginResourcePolicy] = "same-origin"
        }
        if response.headers[.contentType]?.hasPrefix("text/html") == true {
            response.headers[.crossOriginOpenerPolicy] = "same-origin"
            response.headers[.permissionsPolicy] = Self.nothing
        }
        // The last word: a route that is wrong about it must not show one account's answers to another.
        if context.principal != nil, response.isStorableForAll {
            response.headers[.cacheControl] = CachePolicy.never.rawValue
        }
        return response
    }

    /// What pages ask browsers for: nothing of it.
    private static let nothing = [
        "camera", "display-capture", "geolocation", "microphone", "payment", "usb", "serial", "midi", "bluetooth",
    ].map { "\($0)=()" }.joined(separator: ", ")
}

extension HTTPField.Name {
    static let crossOriginOpenerPolicy = named("Cross-Origin-Opener-Policy")
    static let permissionsPolicy = named("Permissions-Policy")
}
