import Foundation
import HTTPTypes

/// All routes on one page, for people who write clients.
struct DocumentationPage {
    let page: HTMLPage

    init(_ routes: [Route], version: String) {
        let routes = routes.filter { $0.access != .page }
        let chapters = Dictionary(grouping: routes, by: \.chapter).sorted { $0.key < $1.key }
        let contents = chapters.map { "\(HTML.link("#\($0.key.slug)", $0.key)) " as HTML }
        let components = SchemaComponents()
        let sections = chapters.map { chapter, routes -> HTML in
            let operations = routes.map { Self.operation($0, components) }
            return "<section id=\"\(chapter.slug)\"><h2>\(chapter)</h2>\(HTML.join(operations))</section>"
        }
        page = HTMLPage(
            title: "API",
            content: """
                <div class="api"><p>Version \(version). For programs: \(HTML.link("/openapi.json", "openapi.json")) (OpenAPI 3.1).</p>
                <p>\(OpenAPI.introduction.marked)</p>
                <p>Send <code>Authorization: Bearer</code> with the access token of <code>POST /api/auth/login</code>, or
                <code>X-API-Key</code> with a key of <code>POST /api/auth/keys</code>, where a route is not marked as open.</p>
                \(Self.failures)<nav>\(HTML.join(contents))</nav>
                \(HTML.join(sections))\(Self.schemas(components))</div>
                """)
    }

    private static func operation(_ route: Route, _ components: SchemaComponents) -> HTML {
        let parameters =
            route.pathParameters.map { Row($0, "in the path", "") }
            + route.query.map { Row($0.name, $0.schema.text, $0.meaning) }
            + route.headers.map { Row($0.name.rawName, $0.schema.text, $0.meaning) }
        return """
            <article id="\(route.name)"><h3><code><b>\(route.method.rawValue)</b> \(route.path)</code>\
            \(route.access.needsSignIn ? nil : " <small>open</small>")</h3><p>\(route.summary.marked)</p>
            \(table(parameters))\(route.body.map { body($0, components) })
            \(HTML.join(route.answers.map { answer($0, components) }))</article>
            """
    }

    private static func body(_ body: BodyDescription, _ components: SchemaComponents) -> HTML {
        let title = body.isRequired ? "Body" : "Body, if any"
        return HTML.join(body.media.map { media($0, title, components) })
    }

    private static func answer(_ answer: AnswerDescription, _ components: SchemaComponents) -> HTML {
        let title = "\(answer.status.code) \(answer.status.reasonPhrase)"
        guard !answer.media.isEmpty else { return "<p>\(title)</p>" }
        return HTML.join(answer.media.map { media($0, title, components) })
    }

    private static func media(_ media: MediaDescription, _ title: String, _ components: SchemaComponents) -> HTML {
        let schema = (try? media.schema(components)) ?? .anything
        let example = (try? media.example?()).flatMap { try? Self.encoder.encode($0) }
        let shown = example.map { "<pre>\(String(decoding: $0, as: UTF8.self))</pre>" as HTML }
        return """
            <details><summary>\(title) <code>\(media.type)</code> \(schema.linked)</summary>\
            \(members(schema))\(shown)</details>
            """
    }

    /// Of a form: the names of its fields.
    private static func members(_ schema: Schema) -> HTML? {
        guard case .object(let members) = schema, !members.contains(where: { $0.name == "success" }) else { return nil }
        return table(members.map { Row($0.name, $0.schema.linked, $0.isRequired ? "" : "may be left out") })
    }

    private static func schemas(_ components: SchemaComponents) -> HTML {
        let shown = components.schemas.sorted { $0.key < $1.key }.map { name, schema -> HTML in
            "<article id=\"schema-\(name)\"><h3><code>\(name)</code></h3>\(members(schema) ?? "<p>\(schema.linked)</p>")</article>"
        }
        return "<section id=\"schemas\"><h2>Schemas</h2>\(HTML.join(shown))</section>"
    }

    private static let failures: HTML = {
        let codes = Failure.codes.map { "<code>\($0)</code>, " as HTML }
        return
            "<p>What fails is answered with <code>error.code</code>, one of \(HTML.join(codes))and <code>error.message</code> for people.</p>"
    }()

    private struct Row {
        let cells: (String, HTML, String)

        init(_ name: String, _ form: HTML, _ meaning: String) { cells = (name, form, meaning) }
        init(_ name: String, _ form: String, _ meaning: String) { cells = (name, "\(form)", meaning) }
    }

    private static func table(_ rows: [Row]) -> HTML? {
        guard !rows.isEmpty else { return nil }
        let lines = rows.map { row -> HTML in
            "<tr><td><code>\(row.cells.0)</code></td><td>\(row.cells.1)</td><td>\(row.cells.2.marked)</td></tr>"
        }
        return "<table>\(HTML.join(lines))</table>"
    }

    private static let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return encoder
    }()
}

extension Schema {
    /// ``text``, with links to the schemas that have names.
    fileprivate var linked: HTML {
        switch self {
        case .reference(let name): HTML.link("#schema-\(name)", name)
        case .list(let element): "list of \(element.linked)"
        case .map(let value): "object of \(value.linked)"
        case .nullable(let schema): "\(schema.linked) or null"
        case .object(let members):
            // An envelope shows what is in it.
            members.first { $0.name == "data" }?.schema.linked ?? "object"
        default: "\(text)"
        }
    }
}

extension String {
    /// For links within the page.
    fileprivate var slug: String { lowercased().replacing(" ", with: "-") }

    /// What stands between backticks as code.
    fileprivate var marked: HTML {
        let parts = split(separator: "`", omittingEmptySubsequences: false).map(String.init)
        return HTML.join(parts.enumerated().map { $0 % 2 == 1 ? "<code>\($1)</code>" : "\($1)" })
    }
}
