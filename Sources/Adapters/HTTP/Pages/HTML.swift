import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// A piece of a page. Interpolated text is escaped; only other pieces are taken as they are.
struct HTML: ExpressibleByStringInterpolation, Sendable {
    var text: String

    init(stringLiteral text: String) {
        self.text = text
    }

    init(stringInterpolation: StringInterpolation) {
        text = stringInterpolation.text
    }

    static func join(_ parts: some Sequence<HTML>) -> HTML {
        HTML(stringLiteral: parts.map(\.text).joined())
    }

    struct StringInterpolation: StringInterpolationProtocol {
        var text = ""

        init(literalCapacity: Int, interpolationCount: Int) {}

        mutating func appendLiteral(_ literal: String) {
            text += literal
        }

        mutating func appendInterpolation(_ value: String) {
            text += HTML.escaped(value)
        }

        mutating func appendInterpolation(_ part: HTML) {
            text += part.text
        }

        /// Nothing for nil.
        mutating func appendInterpolation(_ part: HTML?) {
            text += part?.text ?? ""
        }
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

/// Pieces that pages are made of.
extension HTML {
    /// Nothing for nil.
    static func problem(_ text: String?) -> HTML? {
        text.map { "<p class=\"problem\" role=\"alert\">\($0)</p>" }
    }

    static func link(_ path: String, _ label: String) -> HTML { "<a href=\"\(path)\">\(label)</a>" }

    static func hidden(_ name: String, _ value: String) -> HTML {
        "<input type=\"hidden\" name=\"\(name)\" value=\"\(value)\">"
    }

    /// A form that is one button.
    static func button(_ label: String, postsTo path: String, _ fields: (name: String, value: String)...) -> HTML {
        let hidden = HTML.join(fields.map { HTML.hidden($0.name, $0.value) })
        return "<form method=\"post\" action=\"\(path)\">\(hidden)<button>\(label)</button></form>"
    }
}

/// A whole page, without any script.
struct HTMLPage: Sendable {
    let title: String
    let content: HTML

    /// The same with a problem above all else.
    func with(problem: String) -> HTMLPage {
        HTMLPage(title: title, content: "\(HTML.problem(problem))\(content)")
    }

    /// All of it, as it is sent.
    var html: String {
        let page: HTML = """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(title) · Waxwing</title><style>\(Self.style)</style></head>
            <body><main><h1>\(title)</h1>
            \(content)
            </main></body></html>

            """
        return page.text
    }

    func response(_ status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status,
            headers: [
                .contentType: "text/html; charset=utf-8", .contentSecurityPolicy: Self.policy,
                // Other sites learn nothing. Not `no-referrer`: with it browsers call the origin of our own forms `null`.
                .referrerPolicy: "same-origin",
            ],
            body: .init(byteBuffer: ByteBuffer(string: html)))
    }

    /// Nothing is loaded, nothing runs, nobody frames it, forms go nowhere else.
    private static let policy =
        "default-src 'none'; style-src 'sha256-\(Data(SHA256.hash(data: Data(style.text.utf8))).base64EncodedString())'; "
        + "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

    private static let style: HTML = """
        :root{color-scheme:light dark}
        body{font:16px/1.5 system-ui,sans-serif;margin:0;display:grid;place-items:center;min-height:100vh}
        main{width:min(24rem,calc(100vw - 3rem));padding:2rem 0}
        h1{font-size:1.6rem;margin:0 0 1.2rem}
        form,.providers{display:grid;gap:.9rem;margin:0 0 1.2rem}
        label{display:grid;gap:.25rem;font-size:.9rem}
        input,button,.button{font:inherit;padding:.6rem .7rem;border:1px solid #8888;border-radius:.5rem;box-sizing:border-box;width:100%}
        label input{font-size:1rem}
        button,.button{background:#2457c5;color:#fff;border-color:#2457c5;cursor:pointer;text-align:center;text-decoration:none}
        .button{background:none;color:inherit;border-color:#8888}
        button:focus-visible,.button:focus-visible,input:focus-visible{outline:3px solid #7aa2ff;outline-offset:1px}
        .notice,.problem{padding:.7rem .9rem;border-radius:.5rem;border-left:4px solid #2457c5;background:#2457c51a;margin:0 0 1.2rem}
        .problem{border-color:#c0392b;background:#c0392b1a}
        p a+a{margin-left:1rem}
        h2{font-size:1.15rem;margin:1.6rem 0 .6rem}
        h3{font-size:1.1rem;margin:0}
        main:has(.plans){width:min(60rem,calc(100vw - 3rem))}
        main:has(.plans)>form{display:inline-grid;margin-right:.9rem}
        .plans{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(15rem,100%),1fr));gap:1rem;margin:0 0 1.2rem}
        .plans section{display:flex;flex-direction:column;padding:1.1rem;border:1px solid #8888;border-radius:.7rem}
        .plans .had{border:2px solid #2457c5}
        .plans ul{margin:.4rem 0 1rem;padding-left:1.1rem;font-size:.9rem;flex:1}
        .plans form{margin:.4rem 0 0}
        .price{font-size:1.1rem;font-weight:600;margin:.3rem 0 0}
        .usage{list-style:none;padding:0;margin:0;display:grid;grid-template-columns:repeat(auto-fit,minmax(min(15rem,100%),1fr));gap:.9rem 1.5rem}
        .usage li{display:grid;align-content:start;grid-template-columns:1fr auto;gap:.1rem .5rem}
        .usage progress{grid-column:1/-1;width:100%;accent-color:#2457c5}
        .usage small{grid-column:1/-1;opacity:.7}
        main:has(.api){width:min(60rem,calc(100vw - 3rem))}
        .api nav a{margin-right:.9rem}
        .api article{border-top:1px solid #8884;padding:.8rem 0}
        .api h3{font-size:1rem}
        .api p{margin:.3rem 0 .6rem}
        .api pre{overflow:auto;font-size:.8rem;padding:.7rem;border-radius:.5rem;background:#8881}
        .api table{border-collapse:collapse;font-size:.9rem;margin:.3rem 0 .6rem}
        .api td{padding:.15rem .9rem .15rem 0;vertical-align:top}
        .api details{margin:.3rem 0}
        .or{text-align:center;opacity:.7;margin:0 0 1.2rem;font-size:.9rem}
        """
}

extension HTTPField.Name {
    static let referrerPolicy = named("Referrer-Policy")
}
