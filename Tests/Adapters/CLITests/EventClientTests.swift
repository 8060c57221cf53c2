import Foundation
import StorageTestKit
import Testing

/// A WebSocket client of others follows the running service, as `Tests/Clients/events.py` says.
@Suite(
    .enabled(
        if: EventClient.python != nil,
        "set TEST_WEBSOCKETS (Scripts/websocket-client.sh) to follow events with a client of others"))
struct EventClientTests {
    @Test(.timeLimit(.minutes(30)), arguments: Deployment.testable)
    func `a client of others follows what happens, goes on where it was, and is refused as it should be`(
        on deployment: Deployment
    ) async throws {
        let folder = try TemporaryFolder()
        let server = try await TestServer(folder, environment: try await deployment.environment())
        let (token, sound) = (try await server.signUp(), try folder.write(Sound.kicks(), to: "loop.wav"))
        let result = try await Program.run(
            [APIClients.file("events.py"), "http://127.0.0.1:\(server.port)", token, sound],
            environment: ["PYTHONDONTWRITEBYTECODE": "1"], by: try #require(EventClient.python))
        #expect(result.status == 0, "\(result.errors)")
        #expect(await server.stop() == 0)
    }

    @Test(.timeLimit(.minutes(30)), arguments: Deployment.testable)
    func `devices with a client of others meet in a room, and keep things in step`(
        on deployment: Deployment
    ) async throws {
        let server = try await TestServer(try TemporaryFolder(), environment: try await deployment.environment())
        let result = try await Program.run(
            [APIClients.file("together.py"), "http://127.0.0.1:\(server.port)", try await server.signUp()],
            environment: ["PYTHONDONTWRITEBYTECODE": "1"], by: try #require(EventClient.python))
        #expect(result.status == 0, "\(result.errors)")
        #expect(await server.stop() == 0)
    }

    /// The job is done in another process than that which tells of it.
    @Test(.timeLimit(.minutes(30)), arguments: Deployment.testable)
    func `a server tells what a worker beside it does`(on deployment: Deployment) async throws {
        let folder = try TemporaryFolder()
        var environment = try await deployment.environment()
        environment["WAXWING_WORKERS"] = "0"
        let server = try await TestServer(folder, environment: environment)
        environment["WAXWING_WORKERS"] = "1"
        let worker = try TestWorker(folder, environment: environment)
        let (token, sound) = (try await server.signUp(), try folder.write(Sound.kicks(), to: "loop.wav"))
        let result = try await Program.run(
            [APIClients.file("events.py"), "http://127.0.0.1:\(server.port)", token, sound],
            environment: ["PYTHONDONTWRITEBYTECODE": "1"], by: try #require(EventClient.python))
        #expect(result.status == 0, "\(result.errors)")
        #expect(await worker.stop() == 0)
        #expect(await server.stop() == 0)
    }
}

enum EventClient {
    /// Which can import `websockets`.
    static let python = ProcessInfo.processInfo.environment["TEST_WEBSOCKETS"].flatMap { $0.isEmpty ? nil : $0 }
}
