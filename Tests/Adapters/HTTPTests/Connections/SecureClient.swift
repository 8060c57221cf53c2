import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL
import Testing

/// A client that comes by TLS, all its requests on one connection where that is HTTP/2.
struct SecureClient {
    let client: HTTPClient
    let port: Int

    /// - Parameter file: of the certificate that is trusted, and no other.
    static func use(
        _ port: Int, trusting file: String, _ body: (SecureClient) async throws -> Void
    ) async throws {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(file))
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        configuration.timeout.connect = .minutes(10)
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            try await body(SecureClient(client: client, port: port))
            try await client.shutdown()
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    func open(
        _ method: HTTPMethod, _ path: String, token: String? = nil, type: String = "application/json",
        _ body: [UInt8] = []
    ) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: "https://localhost:\(port)\(path)")
        request.method = method
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        if !body.isEmpty {
            request.headers.add(name: "Content-Type", value: type)
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        return try await client.execute(request, timeout: .minutes(10))
    }

    /// - Returns: what is in the envelope.
    func send(
        _ method: HTTPMethod, _ path: String, token: String? = nil, type: String = "application/json",
        _ body: [UInt8] = []
    ) async throws -> [String: Any] {
        let response = try await open(method, path, token: token, type: type, body)
        let bytes = try await response.body.collect(upTo: 10 << 20)
        let json = try JSONSerialization.jsonObject(with: Data(bytes.readableBytesView)) as? [String: Any]
        #expect((200..<300).contains(response.status.code), "\(method) \(path): \(response.status)")
        return json?["data"] as? [String: Any] ?? [:]
    }

    /// - Returns: an access token.
    func signUp() async throws -> String {
        let credentials = Array(#"{"email": "ada@example.com", "password": "correct horse 9"}"#.utf8)
        _ = try await send(.POST, "/api/auth/register", credentials)
        let login = try await send(.POST, "/api/auth/login", credentials)
        return try #require(login["access_token"] as? String)
    }

    func upload(_ file: [UInt8], token: String) async throws {
        let head = "--b\r\nContent-Disposition: form-data; name=\"audio\"; filename=\"a.wav\"\r\n\r\n"
        let body = Array(head.utf8) + file + Array("\r\n--b--\r\n".utf8)
        _ = try await send(.POST, "/api/upload", token: token, type: "multipart/form-data; boundary=b", body)
    }
}
