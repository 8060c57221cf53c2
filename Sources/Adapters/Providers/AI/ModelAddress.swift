import Addresses
import Auth
import Storage

/// Where a language model is asked, and with which key.
public struct ModelAddress: Sendable {
    public static let openRouter = "https://openrouter.ai/api/v1"
    public static let anthropic = "https://api.anthropic.com/v1"

    /// Without a last `/`.
    public let base: String
    /// Nil for servers that ask for none.
    let key: Secret?

    /// - Parameter base: `https`; `http` to this machine, or where no key could be read on the way. The client's policy must allow
    ///   it too.
    /// - Throws: ``ModelAddressFlaw``.
    public init(base: String, key: Secret?) throws(ModelAddressFlaw) {
        if let key {
            guard (8...512).contains(key.bytes.count), key.bytes.isVisibleASCII else {
                throw .key
            }
        }
        guard let url = try? OutboundURL(base), !base.contains("?"), !base.contains("#") else { throw .base }
        guard url.scheme == .https || key == nil || url.host.isThisMachine else { throw .plainHTTP }
        self.base = base.hasSuffix("/") ? String(base.dropLast()) : base
        self.key = key
    }

    var keyText: String? { key.map { String(decoding: $0.bytes, as: UTF8.self) } }
}

extension OutboundURL.Host {
    fileprivate var isThisMachine: Bool {
        switch self {
        case .name(let name): name == "localhost"
        case .address(let address): address.use == .loopback
        }
    }
}

/// What is wrong with a model's address: a mistake of the operator, found at start. It never holds the key.
public enum ModelAddressFlaw: Error, Equatable, Sendable {
    case key, base, plainHTTP
}

extension ModelAddressFlaw: CustomStringConvertible {
    public var description: String {
        switch self {
        case .key: "the key is 8 to 512 plain characters without spaces: copy it again from the provider's page"
        case .base: "the address must be like '\(ModelAddress.openRouter)', without a query"
        case .plainHTTP: "with a key the address may be http only on this machine: use https"
        }
    }
}
