import Crypto
import Foundation

/// Makes and checks links to single objects that carry their own permission.
///
/// `{base}/{key}?for=900&from=1767225600&grant=…&signature=…`: seconds it lives, the second it was made, what its holder
/// may do, and an HMAC-SHA-256 over all of them and the key. Nothing is kept; whoever knows a secret can check.
public struct SignedLinks: Sendable {
    /// Bytes of the shortest secret.
    public static let shortestSecret = 32
    static let lifetimes = 1...604_800
    /// Bytes of the JSON in a link: URLs much longer are refused by servers on the way.
    private static let longestGrant = 4096

    public let base: LinkBase
    private let secrets: @Sendable () -> [[UInt8]]

    /// - Parameters:
    ///   - base: where the links are served, as ``LinkBase`` takes it.
    ///   - secrets: those of the moment, asked for with every link, so that they can be rotated: the first signs, each of
    ///     them is accepted. One that no longer signs is kept until the last link it signed has expired, after at most 7
    ///     days. Shorter ones than 32 bytes are not used.
    /// - Throws: ``ObjectStoreError/refused(_:)`` for another base, or without a secret of 32 bytes.
    public init(base: String, secrets: @escaping @Sendable () -> [[UInt8]]) throws(ObjectStoreError) {
        (self.base, self.secrets) = (try LinkBase(base), secrets)
        _ = try signingKey()
    }

    /// As the other, with secrets that stay.
    public init(base: String, secrets: [[UInt8]]) throws(ObjectStoreError) {
        guard secrets.allSatisfy({ $0.count >= Self.shortestSecret }) else { throw Self.noSecret }
        try self.init(base: base) { secrets }
    }

    private var keys: [SymmetricKey] {
        secrets().filter { $0.count >= Self.shortestSecret }.map { SymmetricKey(data: $0) }
    }

    private func signingKey() throws(ObjectStoreError) -> SymmetricKey {
        guard let key = keys.first else { throw Self.noSecret }
        return key
    }

    private static let noSecret = ObjectStoreError.refused("links need a secret of at least \(shortestSecret) bytes")

    /// - Parameter duration: 1 s to 7 days; parts of a second are dropped.
    /// - Throws: ``ObjectStoreError/refused(_:)`` for another duration, or more in `access` than a URL can hold.
    public func link(
        to key: ObjectKey, _ access: SignedLink.Access, expiresIn duration: Duration, at now: Timestamp
    ) throws(ObjectStoreError) -> (url: String, expires: Timestamp) {
        guard let life = Int(exactly: duration.components.seconds), Self.lifetimes.contains(life) else {
            throw .refused("a signed URL lives 1 second to 7 days")
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let json = try? encoder.encode(access), json.count <= Self.longestGrant else {
            throw .refused("the attributes are too long for a URL: shorten them")
        }
        let issued = Timestamp(milliseconds: now.milliseconds - now.milliseconds % 1000)
        let fields = Fields(
            life: String(life), issued: String(issued.milliseconds / 1000), grant: Base64URL.encode(Array(json)))
        let signature = HMAC<SHA256>.authenticationCode(for: fields.signed(with: key), using: try signingKey())
        let path = PercentEncoding.encode(key.text, keepingSlash: true)
        return (
            "\(base.text)/\(path)?\(fields.query)&signature=\(Base64URL.encode(Array(signature)))",
            issued + .seconds(life)
        )
    }

    /// - Parameter request: not checked in any way before.
    /// - Returns: what the sender may do now.
    public func check(_ request: LinkRequest, at now: Timestamp) throws(SignedLinkRefusal) -> SignedLink {
        guard let (fields, signature) = Fields.parse(request.query), request.path.hasPrefix(base.path + "/"),
            let name = PercentEncoding.decode(request.path.dropFirst(base.path.count + 1)),
            let key = try? ObjectKey(name)
        else { throw .malformed }
        let signed = fields.signed(with: key)
        // Every secret is tried, each in constant time: how long it takes tells nothing.
        let matches = keys.filter {
            HMAC<SHA256>.isValidAuthenticationCode(signature, authenticating: signed, using: $0)
        }
        guard !matches.isEmpty else { throw .wrongSignature }
        guard let link = fields.link(to: key) else { throw .malformed }
        guard now < link.expires else { throw .expired(link.expires) }
        guard link.access.methods.contains(request.method) else {
            throw .wrongMethod(allowed: link.access.methods)
        }
        if let size = link.access.size {
            guard let length = request.length else { throw .lengthRequired }
            guard length == size else { throw .wrongLength(expected: size) }
        }
        if let type = link.access.contentType, request.contentType != type { throw .wrongType(expected: type) }
        return link
    }

    /// What is signed besides the key, spelled as in the query.
    private struct Fields {
        let life: String
        let issued: String
        let grant: String

        var query: String { "for=\(life)&from=\(issued)&grant=\(grant)" }

        /// A key holds no line break, and neither does a query: no two links have the same text.
        func signed(with key: ObjectKey) -> [UInt8] {
            Array("waxwing-link-1\n\(key.text)\n\(query)".utf8)
        }

        /// Nil unless exactly these fields come in this order.
        static func parse(_ query: String) -> (Fields, signature: [UInt8])? {
            let names = ["for=", "from=", "grant=", "signature="]
            let parts = query.split(separator: "&", omittingEmptySubsequences: false)
            guard parts.count == names.count, zip(parts, names).allSatisfy({ $0.hasPrefix($1) }) else { return nil }
            let values = zip(parts, names).map { String($0.dropFirst($1.count)) }
            guard let signature = Base64URL.decode(values[3]) else { return nil }
            return (Fields(life: values[0], issued: values[1], grant: values[2]), signature)
        }

        /// Nil for what ``SignedLinks/link(to:_:expiresIn:at:)`` never writes.
        func link(to key: ObjectKey) -> SignedLink? {
            guard let life = Int(life), SignedLinks.lifetimes.contains(life), let seconds = Int64(issued),
                let json = Base64URL.decode(grant),
                let access = try? JSONDecoder().decode(SignedLink.Access.self, from: Data(json))
            else { return nil }
            let (milliseconds, overflow) = seconds.multipliedReportingOverflow(by: 1000)
            guard !overflow else { return nil }
            let issued = Timestamp(milliseconds: milliseconds)
            return SignedLink(key: key, access: access, issued: issued, expires: issued + .seconds(life))
        }
    }
}
