import Storage

/// Where the server is, and how a bucket is named to it.
public struct S3Endpoint: Equatable, Sendable {
    public enum Addressing: String, Equatable, Sendable {
        /// `https://host/bucket/key`: every server knows it.
        case path
        /// `https://bucket.host/key`: what AWS wants.
        case virtualHost = "virtual"
    }

    let scheme: String
    /// With its port, where that is not the scheme's own: as the `Host` header has it.
    let authority: String
    public let addressing: Addressing

    /// - Parameters:
    ///   - url: `https://host` or `http://host:port`, without a path.
    ///   - addressing: virtual-host style for AWS and path style for all others, unless given.
    public init(_ url: String, addressing: Addressing? = nil) throws(S3ConfigurationError) {
        let parts = url.split(separator: "://", maxSplits: 1).map(String.init)
        guard parts.count == 2, ["http", "https"].contains(parts[0].lowercased()) else {
            throw .invalid("S3_ENDPOINT", "it begins with https:// or http://")
        }
        var host = parts[1].lowercased()
        if host.hasSuffix("/") { host.removeLast() }
        let allowed = Set("abcdefghijklmnopqrstuvwxyz0123456789-.:[]")
        guard !host.isEmpty, host.allSatisfy(allowed.contains) else {
            throw .invalid("S3_ENDPOINT", "after the scheme comes a host and perhaps a port, no path and no user")
        }
        scheme = parts[0].lowercased()
        let port = scheme == "https" ? ":443" : ":80"
        authority = host.hasSuffix(port) ? String(host.dropLast(port.count)) : host
        self.addressing = addressing ?? (authority.hasSuffix(".amazonaws.com") ? .virtualHost : .path)
    }

    /// Of AWS in that region.
    public static func aws(region: String) throws(S3ConfigurationError) -> S3Endpoint {
        try S3Endpoint("https://s3.\(region).amazonaws.com")
    }

    var isAWS: Bool { authority.hasSuffix(".amazonaws.com") }

    /// - Parameter key: not encoded; nil for the bucket itself.
    func target(bucket: String, key: String?) -> (host: String, path: String) {
        let key = key.map { "/" + PercentEncoding.encode($0, keepingSlash: true) }
        return switch addressing {
        case .path: (authority, "/\(bucket)\(key ?? "")")
        case .virtualHost: ("\(bucket).\(authority)", key ?? "/")
        }
    }
}
