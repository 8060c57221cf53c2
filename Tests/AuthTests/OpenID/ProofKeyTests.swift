import Storage
import Testing

@testable import Auth

@Suite struct ProofKeyTests {
    private struct Case: Decodable {
        let verifier: String
        let challenge: String
        let method: String?
        let result: String
        let why: String?
    }

    /// The pair of RFC 7636, appendix B, and what lies just outside the rules.
    @Test func `a challenge fits exactly its verifier by S256`() throws {
        let cases = try Vectors.own("oauth/pkce.json", as: [Case].self)
        #expect(cases.count == 13)
        for one in cases {
            let fits = one.method == ProofKey.method && ProofKey(verifier: one.verifier)?.challenge == one.challenge
            #expect(fits == (one.result == "accept"), "\(one.why ?? one.verifier)")
        }
    }

    @Test func `what is made is a good verifier, and prints nothing`() throws {
        let key = ProofKey(.random())
        #expect(key.verifier.utf8.count == 43 && ProofKey(verifier: key.verifier) != nil)
        #expect(!"\(key) \(String(reflecting: key))".contains(key.verifier))
    }
}
