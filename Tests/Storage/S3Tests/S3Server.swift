import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Storage
import StorageTestKit

@testable import StorageS3

/// The server that `Scripts/s3-server.sh` starts, or any other named by the same variables.
enum S3Server {
    static let hint = "set TEST_S3_ENDPOINT (Scripts/s3-server.sh start DIR) to check S3"
    static let endpoint = ProcessInfo.processInfo.environment["TEST_S3_ENDPOINT"]

    private static func variable(_ name: String) -> String {
        ProcessInfo.processInfo.environment["TEST_S3_\(name)"] ?? ""
    }

    /// A bucket of its own for each test.
    static func configuration(
        endpoint: String? = nil, bucket: String? = nil, addressing: S3Endpoint.Addressing? = nil, secret: String? = nil
    ) throws -> S3Configuration {
        try S3Configuration(
            endpoint: S3Endpoint(endpoint ?? Self.endpoint ?? "http://127.0.0.1", addressing: addressing),
            region: variable("REGION"), bucket: bucket ?? "test-\(UUID().uuidString.lowercased())",
            credentials: S3Credentials(
                accessKeyID: variable("ACCESS_KEY_ID"), secretAccessKey: secret ?? variable("SECRET_ACCESS_KEY")))
    }

    /// - Parameter change: of its configuration.
    static func store(_ change: (inout S3Configuration) -> Void = { _ in }) async throws -> S3ObjectStore {
        var configuration = try configuration()
        change(&configuration)
        let store = S3ObjectStore(configuration)
        try await store.createBucket()
        return store
    }

    /// As any client sends it.
    static func send(_ request: PresignedRequest, _ body: [UInt8]) async throws -> (status: Int, body: [UInt8]) {
        var outgoing = HTTPClientRequest(url: request.url)
        outgoing.method = HTTPMethod(rawValue: request.method)
        for (name, value) in request.headers where name != "Content-Length" {
            outgoing.headers.add(name: name, value: value)
        }
        if request.method == "PUT" { outgoing.body = .bytes(ByteBuffer(bytes: body)) }
        let response = try await HTTPClient.shared.execute(outgoing, timeout: .seconds(600))
        let answer = try await response.body.collect(upTo: 1 << 20)
        return (Int(response.status.code), Array(answer.readableBytesView))
    }
}
