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

/// A whole page, without any script.
struct HTMLPage: Sendable {
    let title: String
    let content: HTML

    func response(_ status: HTTPResponse.Status = .ok) -> Response {
        let page: HTML = """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(title) · Waxwing</title><style>\(Self.style)</style></head>
            <body><main><h1>\(title)</h1>
            \(content)
            </main></body></html>

            """
        return Response(
            status: status,
            headers: [
                .contentType: "text/html; charset=utf-8", .contentSecurityPolicy: Self.policy,
                // Other sites learn nothing. Not `no-referrer`: with it browsers call the origin of our own forms `null`.
                .referrerPolicy: "same-origin",
            ],
            body: .init(byteBuffer: ByteBuffer(string: page.text)))
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
        .or{text-align:center;opacity:.7;margin:0 0 1.2rem;font-size:.9rem}
        """
}

extension HTTPField.Name {
    static let referrerPolicy = named("Referrer-Policy")
}
