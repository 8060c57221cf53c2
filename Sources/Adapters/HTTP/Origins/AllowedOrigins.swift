import Foundation

/// The sites whose pages may read answers of this service (CORS): each named, none by a pattern.
public struct AllowedOrigins: Equatable, Sendable {
    public static let none = AllowedOrigins()

    /// As browsers write them.
    private let origins: Set<String>

    private init() {
        origins = []
    }

    /// - Parameter list: origins, parted by commas: `https://app.example.com, http://localhost:5173`.
    /// - Throws: ``AllowedOriginsError`` naming the first that is none.
    public init(_ list: String) throws(AllowedOriginsError) {
        var origins: Set<String> = []
        for part in list.split(separator: ",") {
            let text = String(part.trimmingBlanks)
            if text.isEmpty { continue }
            if text.contains("*") { throw .pattern(text) }
            guard let origin = Self.normalized(text) else { throw .malformed(text) }
            origins.insert(origin)
        }
        self.origins = origins
    }

    public var isEmpty: Bool { origins.isEmpty }

    /// - Parameter origin: as the browser wrote it, which it does in one way only.
    func contains(_ origin: String?) -> Bool {
        // By bytes: strings that look the same are other sites.
        guard let origin else { return false }
        return origins.contains { $0.utf8.elementsEqual(origin.utf8) }
    }

    /// Scheme and host in lower case, a port where it is not the scheme's own.
    private static func normalized(_ text: String) -> String? {
        guard let url = URLComponents(string: text), let scheme = url.scheme?.lowercased(),
            let ownPort = ["http": 80, "https": 443][scheme], let host = url.encodedHost?.lowercased(), !host.isEmpty,
            url.user == nil, url.password == nil, url.path.isEmpty, url.query == nil, url.fragment == nil,
            host.utf8.allSatisfy(isOfHost)
        else { return nil }
        guard let port = url.port, port != ownPort else { return "\(scheme)://\(host)" }
        return (1...65535).contains(port) ? "\(scheme)://\(host):\(port)" : nil
    }

    private static func isOfHost(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
            UInt8(ascii: "."), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: ":"):
            true
        default: false
        }
    }
}

public enum AllowedOriginsError: Error, Equatable, CustomStringConvertible {
    case malformed(String)
    case pattern(String)

    public var description: String {
        switch self {
        case .malformed(let text):
            "'\(text)' is no origin: write scheme, host and perhaps a port, as 'https://app.example.com', without a path"
        case .pattern(let text):
            "'\(text)' would let every site read the answers that a user gets: name each site, as 'https://app.example.com'"
        }
    }
}
