import HTTPTypes
import Hummingbird

/// Which methods each address takes.
struct RouteMethods: Sendable {
    fileprivate struct Entry: Sendable {
        let segments: [Substring]
        var methods: Set<HTTPRequest.Method> = []
    }

    private let entries: [Entry]

    init(_ routes: [Route]) {
        var entries: [String: Entry] = [:]
        for route in routes {
            entries[route.path, default: Entry(segments: route.path.segments)].methods
                .formUnion(route.method == .get ? [.get, .head] : [route.method])
        }
        self.entries = Array(entries.values)
    }

    /// By name; empty where there is no such address.
    func methods(at path: String) -> [HTTPRequest.Method] {
        let segments = path.segments
        let best = entries.compactMap { entry in entry.rank(of: segments).map { (rank: $0, methods: entry.methods) } }
            .max { $0.rank < $1.rank }
        return (best?.methods ?? []).sorted { $0.rawValue < $1.rawValue }
    }
}

extension RouteMethods.Entry {
    /// How exactly the route is meant: the more of it is in letters, and the earlier, the higher. Nil where it is not.
    fileprivate func rank(of path: [Substring]) -> String? {
        var rank = ""
        for (index, segment) in segments.enumerated() {
            if segment == "**" { return index < path.count ? rank : nil }
            guard index < path.count else { return nil }
            let isAny = segment.hasPrefix("{")
            guard isAny || segment == path[index] else { return nil }
            rank += isAny ? "1" : "2"
        }
        return segments.count == path.count ? rank : nil
    }
}

extension String {
    fileprivate var segments: [Substring] { split(separator: "/") }
}

/// Answers what no route does: `OPTIONS`, and methods that an address does not take.
struct MethodRules: RouterMiddleware {
    let routes: RouteMethods

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        // Nil where no route was found.
        guard context.endpointPath == nil else { return try await next(request, context) }
        let methods = routes.methods(at: request.uri.path)
        guard Self.known.contains(request.method) || Self.unused.contains(request.method) && !methods.isEmpty else {
            return context.answer(failure: .methodUnknown)
        }
        let allowed = methods.map(\.rawValue).joined(separator: ", ")
        if request.method == .options, !methods.isEmpty {
            return Response(status: .noContent, headers: [.allow: "\(allowed), OPTIONS"])
        }
        // Of administration nobody learns more than those who may.
        guard !methods.isEmpty, request.uri.path.segments.prefix(2) != ["api", "admin"] else {
            return try await next(request, context)
        }
        var response = context.answer(failure: .methodNotAllowed(allowed))
        response.headers[.allow] = "\(allowed), OPTIONS"
        return response
    }

    private static let known: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .options]
    /// Of HTTP, and of no address here.
    private static let unused: [HTTPRequest.Method] = [.trace, .connect]
}
