import Auth
import Foundation
import Storage

/// `WAXWING_OIDC`: providers of OpenID Connect, as a JSON list in the order of the sign-in page.
///
/// `[{"name": "google", "client_id": "…", "client_secret": "…"},`
/// ` {"name": "apple", "client_id": "com.example.web", "team_id": "…", "key_id": "…", "key_file": "/etc/waxwing/apple.p8"},`
/// ` {"name": "work", "label": "Work", "issuer": "https://id.example.com", "client_id": "…", "client_secret": "…"}]`
struct OpenIDSettings: Decodable {
    let name: String
    let label: String?
    let issuer: String?
    let clientID: String
    let clientSecret: String?
    let teamID: String?
    let keyID: String?
    let keyFile: String?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case name, label, issuer
        case clientID = "client_id"
        case clientSecret = "client_secret"
        case teamID = "team_id"
        case keyID = "key_id"
        case keyFile = "key_file"
    }

    static func providers(_ text: String) throws -> [OpenIDProvider] {
        let known = Set(CodingKeys.allCases.map(\.rawValue))
        guard let members = try? JSONDecoder().decode([[String: String]].self, from: Data(text.utf8)),
            members.allSatisfy({ known.isSuperset(of: $0.keys) }),
            let entries = try? JSONDecoder().decode([OpenIDSettings].self, from: Data(text.utf8))
        else {
            throw StartError(
                "WAXWING_OIDC is not a JSON list of providers: each is an object of texts with \"name\", \"client_id\" and "
                    + "the others of \(known.sorted().joined(separator: ", ")) that it needs")
        }
        return try entries.enumerated().map { index, entry in
            try SignInSettings.named("WAXWING_OIDC, entry \(index + 1)") { try entry.provider() }
        }
    }

    private func provider() throws -> OpenIDProvider {
        switch (name, issuer) {
        case ("google", nil):
            guard let clientSecret else { throw OpenIDProviderFlaw.secret }
            return try .google(clientID: clientID, secret: Secret(Array(clientSecret.utf8)))
        case ("apple", nil):
            guard let teamID, let keyID, let keyFile else { throw OpenIDProviderFlaw.secret }
            return try .apple(clientID: clientID, team: teamID, key: try Self.key(keyFile, id: keyID))
        default:
            guard let issuer else { throw OpenIDProviderFlaw.issuer }
            let secret = clientSecret.map { OpenIDClientSecret.shared(Secret(Array($0.utf8))) } ?? .none
            return try OpenIDProvider(name: name, issuer: issuer, clientID: clientID, secret: secret, label: label)
        }
    }

    private static func key(_ path: String, id: String) throws -> SigningKey {
        guard let pem = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw StartError("the key file '\(path)' cannot be read")
        }
        return try SigningKey(id: id, algorithm: .es256, pem: pem)
    }
}
