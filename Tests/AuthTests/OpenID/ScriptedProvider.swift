import Crypto
import Foundation
import Storage
import Synchronization

@testable import Auth

/// A provider that does as a test says. Unless told otherwise it is a good one: it hands out codes, takes each once, with
/// the right redirect address and verifier, and signs what it says.
final class ScriptedProvider: OpenIDTransport {
    struct Down: Error {}

    /// What was asked in the browser, and waits for its code to be redeemed.
    struct Grant {
        let question: [String: String]
        var isRedeemed = false
    }

    struct Script {
        var isDown = false
        /// Replaces members of the discovery document; null takes one out.
        var discovery: [String: any Sendable] = [:]
        /// Replaces claims of the token; `NSNull` takes one out.
        var claims: [String: any Sendable] = [:]
        /// Another way to sign.
        var sign: (@Sendable ([UInt8]) throws -> String)?
        var tokenStatus: Int?
        var tokenBody: String?
    }

    private struct State {
        var script = Script()
        var grants: [String: Grant] = [:]
        var requests: [OpenIDTokenRequest] = []
        var discoveries = 0
        var keyFetches = 0
    }

    static let key = Result { try SigningKey.random(.rs256, id: "r1") }

    let issuer: String
    let key: SigningKey
    private let clock: any WallClock
    private let state = Mutex(State())

    init(_ issuer: String = "https://id.example", clock: any WallClock) throws {
        (self.issuer, self.clock) = (issuer, clock)
        key = try Self.key.get()
    }

    func script(_ change: (inout sending Script) -> Void) {
        state.withLock { change(&$0.script) }
    }

    var requests: [OpenIDTokenRequest] { state.withLock { $0.requests } }
    var discoveries: Int { state.withLock { $0.discoveries } }
    var keyFetches: Int { state.withLock { $0.keyFetches } }

    /// What the provider's page does when the user says yes.
    /// - Returns: the answer's fields.
    func consent(to url: String) -> [String: String] {
        let question = FormFields.decode(String(url.split(separator: "?").last ?? "")) ?? [:]
        let code = Identifier<Grant>.random().text
        state.withLock { $0.grants[code] = Grant(question: question) }
        return ["code": code, "state": question["state"] ?? ""]
    }

    func configuration(at url: String, upTo limit: Int) async throws -> [UInt8] {
        let script = state.withLock { state in
            state.discoveries += 1
            return state.script
        }
        guard !script.isDown, url == "\(issuer)/.well-known/openid-configuration" else { throw Down() }
        var members: [String: any Sendable] = [
            "issuer": issuer, "authorization_endpoint": "\(issuer)/authorize", "token_endpoint": "\(issuer)/token",
            "jwks_uri": "\(issuer)/keys", "response_types_supported": ["code"],
        ]
        members.merge(script.discovery) { $1 }
        return Array(try JSONSerialization.data(withJSONObject: members.filter { !($0.value is NSNull) }))
    }

    func keySet(at url: String, upTo limit: Int) async throws -> [UInt8] {
        state.withLock { $0.keyFetches += 1 }
        guard url == "\(issuer)/keys" else { throw Down() }
        return JSONWebKeySet.document(of: [key.verification])
    }

    func exchange(_ request: OpenIDTokenRequest, upTo limit: Int) async throws -> OpenIDTokenAnswer {
        let fields = FormFields.decode(String(decoding: request.form.bytes, as: UTF8.self)) ?? [:]
        let (script, grant) = state.withLock { state in
            state.requests.append(request)
            let grant = state.grants[fields["code"] ?? ""]
            state.grants[fields["code"] ?? ""]?.isRedeemed = true
            return (state.script, grant)
        }
        if script.isDown { throw Down() }
        if let status = script.tokenStatus {
            return OpenIDTokenAnswer(status: status, body: Array((script.tokenBody ?? "{}").utf8))
        }
        guard let grant, !grant.isRedeemed, fields["redirect_uri"] == grant.question["redirect_uri"],
            let proof = fields["code_verifier"].flatMap({ ProofKey(verifier: $0) }),
            proof.challenge == grant.question["code_challenge"]
        else { return OpenIDTokenAnswer(status: 400, body: Array(#"{"error":"invalid_grant"}"#.utf8)) }
        let token = try self.token(grant, script)
        return OpenIDTokenAnswer(
            status: 200, body: Array(#"{"access_token":"a","token_type":"Bearer","id_token":"\#(token)"}"#.utf8))
    }

    private func token(_ grant: Grant, _ script: Script) throws -> String {
        let now = clock.now().milliseconds / 1000
        var claims: [String: any Sendable] = [
            "iss": issuer, "aud": grant.question["client_id"] ?? "", "sub": "1001", "iat": now, "exp": now + 600,
            "nonce": grant.question["nonce"] ?? "", "email": "ada@example.com", "email_verified": true,
            "name": "Ada Lovelace",
        ]
        claims.merge(script.claims) { $1 }
        let payload = Array(try JSONSerialization.data(withJSONObject: claims.filter { !($0.value is NSNull) }))
        return try script.sign?(payload) ?? CompactJWS.sign(payload, type: "JWT", with: key)
    }
}
