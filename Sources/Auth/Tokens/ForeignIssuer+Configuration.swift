import StrictJSON

/// `WAXWING_JWT_ISSUERS`: `[{"issuer": "…", "audience": "…", "jwks_url": "https://…"}, …]`, or `jwks_file` with a path.
extension ForeignIssuer {
    /// - Parameters:
    ///   - configuration: a JSON list; blank for none.
    ///   - own: the issuer of our own tokens, which nobody else may be.
    /// - Throws: ``ForeignIssuersError``, which stops the start.
    public static func list(
        _ configuration: String, besides own: String = "waxwing"
    ) throws(ForeignIssuersError) -> [ForeignIssuer] {
        if configuration.allSatisfy(\.isWhitespace) { return [] }
        guard case .array(let entries)? = try? JSONValue(reading: Array(configuration.utf8)) else { throw .notAList }
        var issuers: [ForeignIssuer] = []
        for (index, entry) in entries.enumerated() {
            do throws(ForeignIssuerFlaw) {
                let issuer = try ForeignIssuer(entry)
                guard !([own] + issuers.map(\.issuer)).contains(where: issuer.issuer.isSpelled) else {
                    throw .duplicate
                }
                issuers.append(issuer)
            } catch {
                throw .entry(index + 1, error)
            }
        }
        return issuers
    }

    private init(_ entry: JSONValue) throws(ForeignIssuerFlaw) {
        guard case .object(let members) = entry,
            members.names.allSatisfy({ Self.memberNames.contains($0) && members[$0]?.string != nil })
        else { throw .form }
        let keys: Keys
        switch (members["jwks_url"]?.string, members["jwks_file"]?.string) {
        case (let url?, nil): keys = .url(url)
        case (nil, let path?): keys = .file(path)
        default: throw .keys
        }
        try self.init(
            issuer: members["issuer"]?.string ?? "", audience: members["audience"]?.string ?? "", keys: keys)
    }

    private static let memberNames: Set = ["issuer", "audience", "jwks_url", "jwks_file"]
}

/// Why `WAXWING_JWT_ISSUERS` is refused.
public enum ForeignIssuersError: Error, Equatable, Sendable {
    case notAList
    /// The first entry is number 1.
    case entry(Int, ForeignIssuerFlaw)
}

extension ForeignIssuersError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notAList: "WAXWING_JWT_ISSUERS is not a JSON list: write [] for none"
        case .entry(let number, let flaw): "WAXWING_JWT_ISSUERS, entry \(number): \(flaw)"
        }
    }
}
