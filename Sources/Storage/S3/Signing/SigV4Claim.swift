/// What a request says of its signature.
struct SigV4Claim {
    let accessKeyID: String
    let scope: SigningScope
    /// Lower case, in byte order, each once.
    let signedHeaders: [String]
    let signature: String

    /// The spelling of the parameters, by their lower-case names.
    static let parameters = Dictionary(
        uniqueKeysWithValues: [
            "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders",
            "X-Amz-Security-Token", "X-Amz-Signature",
        ].map { ($0.lowercased(), $0) })

    /// - Parameter parameters: those named `X-Amz-…`, by their lower-case names.
    init(query parameters: [String: String]) throws(SigV4Refusal) {
        guard parameters["x-amz-algorithm"] == SigningScope.algorithm else { throw .malformed("X-Amz-Algorithm") }
        try self.init(
            credential: parameters["x-amz-credential"], headers: parameters["x-amz-signedheaders"],
            signature: parameters["x-amz-signature"])
    }

    /// - Parameter text: `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`.
    init(authorization text: String) throws(SigV4Refusal) {
        guard text.utf8.count <= 4096, text.hasPrefix(SigningScope.algorithm + " ") else {
            throw .malformed("Authorization")
        }
        var parts: [Substring: String] = [:]
        let list = text.dropFirst(SigningScope.algorithm.count + 1)
        for part in list.split(separator: ",", omittingEmptySubsequences: false) {
            let pair = part.dropFirst(part.hasPrefix(" ") ? 1 : 0).split(separator: "=", maxSplits: 1)
            guard pair.count == 2, parts.updateValue(String(pair[1]), forKey: pair[0]) == nil else {
                throw .malformed("Authorization")
            }
        }
        guard parts.count == 3 else { throw .malformed("Authorization") }
        try self.init(credential: parts["Credential"], headers: parts["SignedHeaders"], signature: parts["Signature"])
    }

    private init(credential: String?, headers: String?, signature: String?) throws(SigV4Refusal) {
        let parts = (credential ?? "").split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 5, parts[4] == "aws4_request", !parts[0].isEmpty, parts[1].utf8.count == 8 else {
            throw .malformed("X-Amz-Credential")
        }
        (accessKeyID, scope) = (parts[0], SigningScope(day: parts[1], region: parts[2], service: parts[3]))

        let names = (headers ?? "").split(separator: ";", omittingEmptySubsequences: false).map(String.init)
        guard names.count <= 64, zip(names, names.dropFirst()).allSatisfy({ $0.bytesPrecede($1) }),
            names.allSatisfy({ !$0.isEmpty && $0 == $0.lowercased() })
        else { throw .signatureDoesNotMatch }
        signedHeaders = names

        guard let signature, signature.utf8.count == 64 else { throw .signatureDoesNotMatch }
        self.signature = signature
    }
}
