import HTTPTypes

/// What a request may ask for, in any version of HTTP, before anything is done about it.
enum RequestTarget {
    /// Which methods any route may have.
    static let methods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"

    /// Nil for a request that a route may see.
    ///
    /// - Parameter bodyBytes: of the longest body.
    static func refusal(of request: HTTPRequest, bodyBytes: Int) -> Refusal? {
        // It is for proxies, and names no path (RFC 9110 §9.3.6). All other methods are for the rules of routes, which know
        // what an address takes.
        if request.method == .connect { return .methodRefused }
        guard let target = request.path else { return .malformed("the request names no path") }
        if let refusal = refusal(ofTarget: target, isOptions: request.method == .options) { return refusal }
        guard request.headerFields.count <= HeadLimits.count else { return .headTooLarge }
        if let expectation = request.headerFields[.expect], expectation.lowercased() != "100-continue" {
            return .expectationRefused
        }
        if let text = request.headerFields[.contentLength] {
            guard let length = Int(text), length >= 0 else {
                return .malformed("'Content-Length' must be a number of bytes")
            }
            if length > bodyBytes { return .bodyTooLarge }
        }
        return nil
    }

    private static func refusal(ofTarget target: String, isOptions: Bool) -> Refusal? {
        guard target.utf8.count <= HeadLimits.target else { return .targetTooLong }
        if target == "*", isOptions { return nil }
        guard target.utf8.first == UInt8(ascii: "/") else {
            return .malformed("name the path alone, beginning with '/', and the host in 'Host'")
        }
        guard isReadable(target.utf8.prefix { $0 != UInt8(ascii: "?") }) else {
            return .malformed("the path has a '%' that no two hexadecimal digits follow, or stands for no text")
        }
        return nil
    }

    /// Whether a path has one reading only: escapes are whole, and stand for UTF-8 without NUL.
    private static func isReadable(_ path: some Sequence<UInt8>) -> Bool {
        var (decoded, rest): ([UInt8], _) = ([], path.makeIterator())
        while let byte = rest.next() {
            guard byte == UInt8(ascii: "%") else {
                guard (0x21...0x7E).contains(byte) else { return false }
                decoded.append(byte)
                continue
            }
            guard let high = rest.next().flatMap(hexadecimal), let low = rest.next().flatMap(hexadecimal) else {
                return false
            }
            decoded.append(high << 4 | low)
        }
        return !decoded.contains(0) && String(validating: decoded, as: UTF8.self) != nil
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        Character(UnicodeScalar(byte)).hexDigitValue.map { UInt8($0) }
    }
}
