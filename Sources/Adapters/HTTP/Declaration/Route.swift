import Auth
import HTTPTypes
import Hummingbird
import Storage
import WaxwingService

/// One thing that clients can ask for, declared once: the router serves it, and `/openapi.json`, `/docs` and the checks of the
/// README tell of it.
struct Route: Sendable {
    /// Who may come, and what stands before the handler.
    enum Access: Sendable, CaseIterable {
        /// Asks for a proof of its own, or for none; no limit counts it.
        case unguarded
        /// For everybody to read.
        case published
        /// For browsers; errors are pages.
        case page
        /// For who is not signed in yet; not from pages of other sites.
        case open
        case signedIn
        case administrator

        var needsSignIn: Bool { self == .signedIn || self == .administrator }
    }

    typealias Handler = @Sendable (Request, APIContext) async throws -> Response

    let method: HTTPRequest.Method
    /// As in `/api/samples/{id}`.
    let path: String
    /// Unique, for the functions of generated clients: `showSample`.
    let name: String
    /// One sentence.
    let summary: String
    let query: [QueryParameter]
    private(set) var headers: [HeaderParameter] = []
    let body: BodyDescription?
    let answers: [AnswerDescription]
    private(set) var access = Access.signedIn
    /// Of the documentation, in which it stands.
    private(set) var chapter = ""
    let handle: Handler

    /// One whose answers have a form of their own.
    init(
        _ method: HTTPRequest.Method, _ path: String, _ name: String, _ summary: String,
        query: [QueryParameter] = [], body: BodyDescription? = nil, answers: [AnswerDescription],
        use handle: @escaping Handler
    ) {
        (self.method, self.path, self.name, self.summary) = (method, path, name, summary)
        (self.query, self.body, self.answers, self.handle) = (query, body, answers, handle)
    }

    /// One that answers with a value.
    init<View: Described>(
        _ method: HTTPRequest.Method, _ path: String, _ name: String, _ summary: String,
        query: [QueryParameter] = [], body: BodyDescription? = nil, status: HTTPResponse.Status = .ok,
        use answer: @escaping @Sendable (Request, APIContext) async throws -> View
    ) {
        self.init(method, path, name, summary, query: query, body: body, answers: [.json(View.self, status)]) {
            let view = try await answer($0, $1)
            return method == .get ? try $1.answer(view, to: $0) : try $1.answer(status, view)
        }
    }

    /// One that takes a JSON body.
    init<Body: DescribedBody, View: Described>(
        _ method: HTTPRequest.Method, _ path: String, _ name: String, _ summary: String,
        query: [QueryParameter] = [], status: HTTPResponse.Status = .ok,
        use answer: @escaping @Sendable (Body, Request, APIContext) async throws -> View
    ) {
        self.init(
            method, path, name, summary, query: query, body: .json(Body.self), answers: [.json(View.self, status)]
        ) {
            try $1.answer(status, try await answer($0.json(), $0, $1))
        }
    }

    /// One that takes a JSON body, or none.
    init<Body: DescribedBody, View: Described>(
        _ method: HTTPRequest.Method, _ path: String, _ name: String, _ summary: String,
        query: [QueryParameter] = [], status: HTTPResponse.Status = .ok,
        use answer: @escaping @Sendable (Body?, Request, APIContext) async throws -> View
    ) {
        self.init(
            method, path, name, summary, query: query, body: .json(Body.self, isRequired: false),
            answers: [.json(View.self, status)]
        ) {
            try $1.answer(status, try await answer($0.hasNoBody ? nil : $0.json(as: Body.self), $0, $1))
        }
    }

    /// One that takes a JSON body, and whose answers have a form of their own.
    init<Body: DescribedBody>(
        _ method: HTTPRequest.Method, _ path: String, _ name: String, _ summary: String,
        query: [QueryParameter] = [], answers: [AnswerDescription],
        use answer: @escaping @Sendable (Body, Request, APIContext) async throws -> Response
    ) {
        self.init(method, path, name, summary, query: query, body: .json(Body.self), answers: answers) {
            try await answer($0.json(), $0, $1)
        }
    }

    /// A list, in pages.
    ///
    /// - Parameter list: what cursors are good for.
    init<View: Described>(
        _ method: HTTPRequest.Method, _ path: String, _ name: String, _ summary: String,
        query: [QueryParameter] = [], list: String,
        use answer: @escaping @Sendable (PageRequest, Request, APIContext) async throws -> Page<View>
    ) {
        self.init(
            method, path, name, summary, query: query + [.limit, .cursor], answers: [.page(View.self)]
        ) { request, context in
            let owner = try context.requirePrincipal().user
            let page = try await answer(request.page(of: owner, list: list), request, context)
            return try context.answer(page, of: owner, list: list, to: request)
        }
    }

    /// A page, or where one of its forms goes.
    init(page method: HTTPRequest.Method, _ path: String, use handle: @escaping Handler) {
        self.init(
            method, path, "\(method.rawValue) \(path)", "A page for browsers.",
            answers: [AnswerDescription(.ok, .text("text/html"))], use: handle)
    }

    /// The same under another path, for clients that look for it there.
    func also(at path: String, _ name: String) -> Route {
        Route(method, path, name, summary, query: query, body: body, answers: answers, use: handle)
            .with(access, in: chapter).with(headers)
    }

    /// The same, with headers that it asks for.
    func with(_ headers: [HeaderParameter]) -> Route {
        var route = self
        route.headers += headers
        return route
    }

    func with(_ access: Access, in chapter: String) -> Route {
        var route = self
        (route.access, route.chapter) = (access, chapter)
        return route
    }

    /// OpenAPI knows no parameter over several parts of a path.
    var documentedPath: String { path.replacing("/**", with: "/{key}") }

    /// Whether its answer goes on for as long as somebody listens.
    var isStream: Bool { answers.contains { $0.media.contains { $0.type == "text/event-stream" } } }

    /// The names between the braces of the path.
    var pathParameters: [String] {
        documentedPath.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
    }
}

/// The routes of one resource.
protocol RouteGroup: Sendable {
    /// Of the documentation: `Samples`.
    static var chapter: String { get }
    var routes: [Route] { get }
}

extension Sequence<any RouteGroup> {
    func routes(_ access: Route.Access) -> [Route] {
        flatMap { group in group.routes.map { $0.with(access, in: type(of: group).chapter) } }
    }
}
