import Foundation
import Storage

@testable import StorageS3

/// Test data that came with the project, and data of others that did not.
enum Vectors {
    static let s3: Result<S3Cases, any Error> = Result {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try decoded(tests.appending(path: "Vectors/sigv4/s3-cases.json"))
    }

    /// The folder of other people's vectors, which are never committed.
    static let foreign = ProcessInfo.processInfo.environment["WAXWING_VECTORS"].map { URL(filePath: $0) }
    static let inCI = ProcessInfo.processInfo.environment["CI"] == "true"

    static func decoded<Value: Decodable>(_ file: URL, as type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(Value.self, from: Data(contentsOf: file))
    }
}

/// `s3-cases.json`: signatures on which two independent signers agree.
struct S3Cases: Decodable {
    struct Case: Decodable, Sendable {
        let kind: String
        let method: String
        let key: String
        let headers: [String: String]
        let signature: String
        let canonical_request: String
        let string_to_sign: String
        // Signed in a header.
        let path: String?
        let payload_sha256: String?
        let authorization: String?
        // Signed in the query.
        let url: String?
        let expires: Int?
    }

    struct Chunked: Decodable, Sendable {
        struct Chunk: Decodable, Sendable {
            let size: Int
            let byte: String
            let signature: String
        }

        let headers: [String: String]
        let seed_signature: String
        let chunks: [Chunk]
    }

    struct Mutation: Decodable, Sendable {
        let mutation: String
        let expect: String
    }

    let access_key: String
    let secret_key: String
    let region: String
    let cases: [Case]
    let chunked: Chunked
    let must_fail: [Mutation]

    var credentials: S3Credentials { S3Credentials(accessKeyID: access_key, secretAccessKey: secret_key) }
    var signer: SigV4Signer { SigV4Signer(credentials: credentials, region: region) }
    var verifier: SigV4Verifier {
        let credentials = credentials
        return SigV4Verifier(region: region) { $0 == credentials.accessKeyID ? credentials : nil }
    }
}

extension SignableRequest {
    /// As a server receives it.
    init(method: String, url: String, headers: [String: String]) throws {
        let (path, query) = try Self.parts(of: url)
        self.init(
            method: method, path: path, query: query,
            headers: headers.map { Field($0.key, $0.value) })
    }

    static func parts(of url: String) throws -> (path: String, query: [Field]) {
        let target = url.drop { $0 != ":" }.dropFirst(3).drop { $0 != "/" }
        let halves = target.split(separator: "?", maxSplits: 1)
        let query = try (halves.count > 1 ? halves[1] : "").split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decode(parts[0]),
                let value = PercentEncoding.decode(parts.count > 1 ? parts[1] : "")
            else { throw CocoaError(.coderInvalidValue) }
            return Field(name, value)
        }
        return (String(halves[0]), query)
    }

    /// The first parameter or header of that name gets another value, or goes.
    func changing(query name: String, to value: String?) -> SignableRequest {
        var changed = self
        guard let index = changed.query.firstIndex(where: { $0.name == name }) else { return changed }
        if let value { changed.query[index].value = value } else { changed.query.remove(at: index) }
        return changed
    }

    func changing(header name: String, to value: String?) -> SignableRequest {
        var changed = self
        changed.headers.removeAll { $0.name.lowercased() == name }
        if let value { changed.headers.append(Field(name, value)) }
        return changed
    }
}
