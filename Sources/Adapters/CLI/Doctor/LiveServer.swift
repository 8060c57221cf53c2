import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL

/// The server that these settings are for, on this machine: for those who look whether it lives every few seconds.
struct LiveServer {
    let address: String
    let isSecure: Bool

    /// Nil where nobody can know the port.
    init?(host: String, port: Int, isSecure: Bool) {
        guard port > 0 else { return nil }
        // Who listens on all addresses listens on the loopback.
        let near = ["0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"][host] ?? host
        address = "\(isSecure ? "https" : "http")://\(near.contains(":") ? "[\(near)]" : near):\(port)"
        self.isSecure = isSecure
    }

    /// - Parameter patience: how long it may take to answer.
    func finding(within patience: Duration = .seconds(5)) async -> Finding {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        if isSecure {
            // The certificate has the site's name, not this address; nothing is told to who answers.
            configuration.tlsConfiguration = .makeClientConfiguration()
            configuration.tlsConfiguration?.certificateVerification = .none
        }
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let finding = await ask(client, within: patience)
        try? await client.shutdown()
        return finding
    }

    private func ask(_ client: HTTPClient, within patience: Duration) async -> Finding {
        let (path, subject) = ("/api/health", "server")
        do {
            let answer = try await client.execute(HTTPClientRequest(url: address + path), timeout: TimeAmount(patience))
            guard answer.status == .ok else {
                return .failing(
                    subject, "\(address)\(path) answers \(answer.status.code)",
                    "look at its log, and at 'waxwing doctor'")
            }
            return .ok(subject, "\(address) answers, and is well")
        } catch let error as HTTPClientError where error == .deadlineExceeded {
            return .failing(
                subject, "\(address) has not answered within \(patience.components.seconds) s",
                "look at its log, and at what else the machine does")
        } catch {
            return .failing(
                subject, "nobody answers at \(address)",
                "start 'waxwing serve', or set PORT and WAXWING_HOST as it has them")
        }
    }
}
