import StrictJSON

/// `WAXWING_OPENID_PROVIDERS`: a JSON list of
/// `{"name": "google", "client_id": "…", "client_secret": "…"}`,
/// `{"name": "apple", "client_id": "…", "team_id": "…", "key_id": "…", "private_key": "-----BEGIN …"}`, and others:
/// `{"name": "company", "issuer": "https://…", "client_id": "…", "client_secret": "…", "label": "Company",
/// "scopes": "openid email"}`, where secret, label and scopes may be left out.
extension OpenIDProvider {
    /// - Parameter configuration: blank for none. It has secrets in it.
    /// - Throws: ``OpenIDProvidersError``, which stops the start and repeats nothing of what is written there.
    public static func list(_ configuration: String) throws(OpenIDProvidersError) -> [OpenIDProvider] {
        if configuration.allSatisfy(\.isWhitespace) { return [] }
        guard case .array(let entries)? = try? JSONValue(reading: Array(configuration.utf8)) else { throw .notAList }
        var providers: [OpenIDProvider] = []
        for (index, entry) in entries.enumerated() {
            do throws(OpenIDProviderFlaw) {
                let provider = try read(entry)
                guard !providers.contains(where: { $0.name == provider.name || $0.issuer == provider.issuer }) else {
                    throw .duplicate
                }
                providers.append(provider)
            } catch {
                throw .entry(index + 1, error)
            }
        }
        return providers
    }

    private static func read(_ entry: JSONValue) throws(OpenIDProviderFlaw) -> OpenIDProvider {
        guard case .object(let members) = entry, members.names.allSatisfy({ members[$0]?.string != nil }) else {
            throw .form
        }
        func text(_ name: String) -> String { members[name]?.string ?? "" }
        let secret = members["client_secret"]?.string.map { Secret(Array($0.utf8)) }
        switch text("name") {
        case "google":
            try refuse(members, besides: ["client_id", "client_secret"])
            guard let secret, !secret.bytes.isEmpty else { throw .secret }
            return try google(clientID: text("client_id"), secret: secret)
        case "apple":
            try refuse(members, besides: ["client_id", "team_id", "key_id", "private_key"])
            guard let key = try? SigningKey(id: text("key_id"), algorithm: .es256, pem: text("private_key")) else {
                throw .secret
            }
            return try apple(clientID: text("client_id"), team: text("team_id"), key: key)
        case let name:
            try refuse(members, besides: ["issuer", "client_id", "client_secret", "label", "scopes"])
            let scopes = members["scopes"]?.string?.split(separator: " ").map(String.init)
            return try OpenIDProvider(
                name: name, issuer: text("issuer"), clientID: text("client_id"),
                secret: secret.map(OpenIDClientSecret.shared) ?? .none,
                scopes: scopes ?? ["openid", "email", "profile"], label: members["label"]?.string)
        }
    }

    /// A member without a meaning is more likely a wish that was misspelled.
    private static func refuse(_ members: JSONObject, besides known: [String]) throws(OpenIDProviderFlaw) {
        guard members.names.allSatisfy({ $0 == "name" || known.contains($0) }) else { throw .form }
    }
}

/// Why `WAXWING_OPENID_PROVIDERS` is refused.
public enum OpenIDProvidersError: Error, Equatable, Sendable {
    case notAList
    /// The first entry is number 1.
    case entry(Int, OpenIDProviderFlaw)
}

extension OpenIDProvidersError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notAList: "WAXWING_OPENID_PROVIDERS is not a JSON list: write [] for none"
        case .entry(let number, let flaw): "WAXWING_OPENID_PROVIDERS, entry \(number): \(flaw)"
        }
    }
}
