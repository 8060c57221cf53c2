import NIOHTTP1

/// What an HTTP/1 head may say beyond what the decoder takes: nothing that two programs could read in two ways.
///
/// Source: RFC 9112 §3.2 (one Host), §6.1 and §6.3 (one framing), §11.2 (request smuggling).
enum WireRules {
    /// Nil for a head that is right.
    static func refusal(of head: HTTPRequestHead) -> Refusal? {
        guard head.version == .http1_1 || head.version == .http1_0 else { return .unknownVersion }
        // 'GET http://other/' is for proxies, and names a second host.
        guard head.uri.first == "/" || head.uri == "*" || head.method == .CONNECT else {
            return .malformed("name the path alone, beginning with '/', and the host in 'Host'")
        }
        return framing(head) ?? host(head)
    }

    private static func framing(_ head: HTTPRequestHead) -> Refusal? {
        let codings = head.headers["Transfer-Encoding"]
        let lengths = head.headers["Content-Length"]
        guard lengths.count <= 1 else { return .malformed("the request has two Content-Length fields: send one") }
        guard !codings.isEmpty else { return nil }
        guard head.version == .http1_1, lengths.isEmpty, codings.count == 1, codings[0].lowercased() == "chunked" else {
            return .malformed("the length of the body is not clear: send Content-Length, or 'chunked' alone")
        }
        return nil
    }

    private static func host(_ head: HTTPRequestHead) -> Refusal? {
        let hosts = head.headers["Host"]
        if hosts.isEmpty, head.version == .http1_0 { return nil }
        guard hosts.count == 1, isHost(hosts[0]) else {
            return .malformed("the request must name one host and nothing else in 'Host'")
        }
        return nil
    }

    /// A name or address, perhaps with a port: of letters that no address has another meaning for.
    static func isHost(_ text: String) -> Bool {
        let isNamed = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"):
                true
            default: false
            }
        }
        return !text.isEmpty && text.utf8.count <= 255 && isNamed
    }
}
