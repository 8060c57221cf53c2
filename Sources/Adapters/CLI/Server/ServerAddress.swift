import Foundation

/// Where a service is, as `https://sounds.example.com`, perhaps with a port and a path.
struct ServerAddress: Hashable, Sendable {
    /// Of a service that was started on this machine and told nothing else.
    static let local = ServerAddress(checked: "http://127.0.0.1:8080", isEncrypted: false, isLoopback: true)

    /// In one form for all spellings, without a slash at its end.
    let text: String
    let isEncrypted: Bool
    /// Whether it is this machine itself, so that nobody is on the way.
    let isLoopback: Bool

    /// Nil for what is no such address; one with a user, a query or a fragment is none.
    init?(_ text: String) {
        guard let url = URLComponents(string: text), let scheme = url.scheme?.lowercased(),
            ["http", "https"].contains(scheme), let host = url.host?.lowercased(), !host.isEmpty,
            url.user == nil, url.password == nil, url.query == nil, url.fragment == nil
        else { return nil }
        let usual = scheme == "https" ? 443 : 80
        let port = url.port.flatMap { $0 == usual ? nil : ":\($0)" } ?? ""
        let bracketed = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
        let path = url.percentEncodedPath
        self.text =
            "\(scheme)://\(bracketed)\(port)\(path.prefix(path.count - path.reversed().prefix { $0 == "/" }.count))"
        (isEncrypted, isLoopback) = (scheme == "https", Self.isLoopback(host))
    }

    private init(checked text: String, isEncrypted: Bool, isLoopback: Bool) {
        (self.text, self.isEncrypted, self.isLoopback) = (text, isEncrypted, isLoopback)
    }

    /// By what is written, and not by what a name server says of it.
    private static func isLoopback(_ host: String) -> Bool {
        if ["localhost", "::1", "[::1]"].contains(host) { return true }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 4 && numbers[0] == "127" && numbers.allSatisfy { UInt8($0) != nil }
    }

    /// An address that the service gave: a path on itself, or a whole address, which must not be less safe than its own.
    func resolving(_ link: String) -> String? {
        if link.hasPrefix("/"), !link.hasPrefix("//") { return origin + link }
        guard let url = URLComponents(string: link), let host = url.host, !host.isEmpty else { return nil }
        switch url.scheme {
        case "https": return link
        case "http": return isEncrypted ? nil : link
        default: return nil
        }
    }

    /// Without the path.
    private var origin: String {
        let parts = text.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        return parts.prefix(3).joined(separator: "/")
    }
}

extension ServerAddress: CustomStringConvertible {
    var description: String { text }
}
