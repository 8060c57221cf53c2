import Addresses

/// An address to fetch from or deliver to, read so strictly that no two programs can read it differently.
///
/// Printable ASCII, `http` or `https`, `//`, a host, perhaps a port, path and query; nothing else. Host names in other
/// scripts are written in their ASCII form (`xn--…`).
///
/// Source: RFC 3986, and for what to fear in the rest: O. Tsai, "A New Era of SSRF", Black Hat USA 2017.
public struct OutboundURL: Hashable, Sendable {
    public enum Scheme: String, Sendable {
        case http
        case https

        var port: Int { self == .https ? 443 : 80 }
    }

    public enum Host: Hashable, Sendable {
        /// In lower case, without a last dot.
        case name(String)
        case address(IPAddress)
    }

    /// In bytes.
    public static let longest = 8192

    public let scheme: Scheme
    public let host: Host
    /// In 1…65,535.
    public let port: Int
    /// Path and query as they are sent: `/hooks?id=7`.
    public let target: String

    public init(_ text: String) throws(OutboundURLProblem) {
        let bytes = text.utf8
        guard bytes.count <= Self.longest else { throw .tooLong }
        guard bytes.allSatisfy(Self.isPlain) else { throw .character }
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
            let scheme = Scheme(rawValue: text[..<colon].lowercased())
        else { throw .scheme }
        let rest = text[colon...].dropFirst()
        guard rest.hasPrefix("//") else { throw .scheme }
        let afterSlashes = rest.dropFirst(2)
        let end = afterSlashes.firstIndex { "/?#".contains($0) } ?? afterSlashes.endIndex
        let authority = afterSlashes[..<end]
        guard !authority.contains("@") else { throw .userInformation }

        self.scheme = scheme
        (host, port) = try Self.hostAndPort(authority, scheme)
        target = try Self.target(afterSlashes[end...])
    }

    /// `https://hooks.example:8443`, without what may be secret.
    public var origin: String {
        "\(scheme.rawValue)://\(authority)"
    }

    /// As a `Host` header names it: the port only if it is not the scheme's own.
    var authority: String {
        port == scheme.port ? "\(host)" : "\(host):\(port)"
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && !#""<>\^`{|}"#.utf8.contains(byte)
    }

    private static func hostAndPort(
        _ authority: Substring, _ scheme: Scheme
    ) throws(OutboundURLProblem) -> (Host, Int) {
        if authority.hasPrefix("[") {
            guard let bracket = authority.firstIndex(of: "]"),
                case .v6(let address)? = IPAddress(authority[..<bracket].dropFirst())
            else { throw .host }
            return (.address(.v6(address)), try port(authority[bracket...].dropFirst(), scheme))
        }
        let colon = authority.firstIndex(of: ":") ?? authority.endIndex
        return (try Host(name: authority[..<colon]), try port(authority[colon...], scheme))
    }

    /// - Parameter text: with its colon, or empty.
    private static func port(_ text: Substring, _ scheme: Scheme) throws(OutboundURLProblem) -> Int {
        guard !text.isEmpty else { return scheme.port }
        let digits = text.dropFirst()
        guard text.first == ":", (1...5).contains(digits.utf8.count), digits.first != "0",
            digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(digits), (1...65_535).contains(port)
        else { throw .port }
        return port
    }

    private static func target(_ text: Substring) throws(OutboundURLProblem) -> String {
        guard !text.contains("#") else { throw .fragment }
        var escapes = text.split(separator: "%", omittingEmptySubsequences: false).dropFirst()
        while let escape = escapes.popFirst()?.prefix(2) {
            // A control character that some server on the way decodes could end a line of its request.
            guard escape.utf8.count == 2, escape.utf8.allSatisfy(\.isHexadecimalDigit),
                let byte = UInt8(escape, radix: 16), byte >= 0x20, byte != 0x7F
            else { throw .escape }
        }
        return text.hasPrefix("/") ? String(text) : "/" + text
    }
}

extension OutboundURL.Host: CustomStringConvertible {
    public var description: String {
        switch self {
        case .name(let name): name
        case .address(.v4(let address)): "\(IPAddress.v4(address))"
        case .address(.v6(let address)): "[\(IPAddress.v6(address))]"
        }
    }
}
