import Foundation
import Storage
import Testing

@testable import StorageS3

/// AWS's own signing cases (aws-c-auth, Apache-2.0), read from where `WAXWING_VECTORS` says.
@Suite(.enabled(if: Vectors.foreign != nil || Vectors.inCI, "set WAXWING_VECTORS to check AWS's signing cases"))
struct AWSSuiteTests {
    private struct Case: Decodable {
        struct Context: Decodable {
            struct Credentials: Decodable {
                let access_key_id: String
                let secret_access_key: String
                let token: String?
            }

            let credentials: Credentials
            let expiration_in_seconds: Int
            let normalize: Bool
            let region: String
            let service: String
            let sign_body: Bool
            let timestamp: String
        }

        enum CodingKeys: String, CodingKey {
            case context, request
            case headerCanonical = "header-canonical-request"
            case headerSignature = "header-signature"
            case queryCanonical = "query-canonical-request"
            case querySignature = "query-signature"
        }

        let context: Context
        let request: String
        let headerCanonical: String
        let headerSignature: String
        let queryCanonical: String
        let querySignature: String
    }

    @Test func `every case has AWS's signature, in header and query`() throws {
        let folder = try #require(Vectors.foreign, "CI must have the vectors: set WAXWING_VECTORS")
        let cases = try Vectors.decoded(
            folder.appending(path: "sigv4/aws-c-auth-v4.json"), as: [String: Case].self)
        #expect(cases.count == 29)
        for (name, vector) in cases {
            let context = vector.context
            let signer = SigV4Signer(
                credentials: S3Credentials(
                    accessKeyID: context.credentials.access_key_id,
                    secretAccessKey: context.credentials.secret_access_key, sessionToken: context.credentials.token),
                region: context.region, service: context.service)
            let now = try #require(Timestamp(context.timestamp))
            let (request, body) = try parse(vector.request, normalizing: context.normalize)
            let payload = Checksum.sha256(body)

            var inHeader = request
            if context.sign_body { inHeader.headers.append(.init("x-amz-content-sha256", payload)) }
            let bodyHash = context.sign_body ? payload : SigV4Payload.empty
            #expect(signer.sign(&inHeader, payload: bodyHash, at: now) == vector.headerSignature, "\(name)")
            let names = inHeader.headerNames.filter { $0 != "authorization" }
            #expect(inHeader.canonical(signedHeaders: names, payload: bodyHash) == vector.headerCanonical, "\(name)")

            var inQuery = request
            let signature = signer.presign(
                &inQuery, expires: context.expiration_in_seconds, payload: bodyHash, at: now)
            #expect(signature == vector.querySignature, "\(name)")
        }
    }

    /// A path of these is encoded once and, where asked for, without its dots: what S3 does not do to keys.
    private func parse(_ text: String, normalizing: Bool) throws -> (SignableRequest, body: String) {
        let halves = text.components(separatedBy: "\n\n")
        var lines = halves[0].split(separator: "\n").map(String.init)
        let start = lines.removeFirst()
        let method = String(start.prefix { $0 != " " })
        let target = start.dropFirst(method.count + 1).dropLast(" HTTP/1.1".count)
        let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
        var fields: [SignableRequest.Field] = []
        for line in lines {
            if line.hasPrefix(" "), let last = fields.indices.last {
                fields[last].value += " " + line
            } else {
                let pair = line.split(separator: ":", maxSplits: 1).map(String.init)
                fields.append(.init(pair[0], pair.count > 1 ? pair[1] : ""))
            }
        }
        let query = try (parts.count > 1 ? parts[1] : "").split(separator: "&").map { pair in
            let halves = pair.split(separator: "=", maxSplits: 1).map(String.init)
            return SignableRequest.Field(
                try #require(PercentEncoding.decode(halves[0])),
                try #require(PercentEncoding.decode(halves.count > 1 ? halves[1] : "")))
        }
        let path = PercentEncoding.encode(normalizing ? normalized(parts[0]) : parts[0], keepingSlash: true)
        return (
            SignableRequest(method: method, path: path, query: query, headers: fields),
            halves.count > 1 ? halves[1] : ""
        )
    }

    private func normalized(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        let isFolder = path.hasSuffix("/") && !parts.isEmpty
        return "/" + parts.joined(separator: "/") + (isFolder ? "/" : "")
    }
}
