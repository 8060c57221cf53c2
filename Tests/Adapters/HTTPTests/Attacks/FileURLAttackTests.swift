import Addresses
import Foundation
import HTTPTypes
import Storage
import Synchronization
import Testing
import WaxwingProviders
import WaxwingService

@testable import WaxwingHTTP

/// `POST /api/process` with the addresses of `Tests/Vectors/ssrf/urls.json`.
@Suite struct FileURLAttackTests {
    private struct Vectors: Decodable {
        let urls: [String]

        static func read() throws -> Vectors {
            let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().deletingLastPathComponent()
            return try JSONDecoder().decode(
                Vectors.self, from: Data(contentsOf: tests.appending(path: "Vectors/ssrf/urls.json")))
        }
    }

    /// Two names of the list lead inside; no other exists.
    private struct Resolver: HostResolver {
        func addresses(of name: String) async throws -> [IPAddress] {
            switch name {
            case "127.0.0.1.nip.io.": [IPAddress("127.0.0.1")].compactMap { $0 }
            case "example.com.": [IPAddress("::1")].compactMap { $0 }
            default: []
            }
        }
    }

    private func order(_ url: String) throws -> String {
        String(decoding: try JSONEncoder().encode(["file_url": url]), as: UTF8.self)
    }

    private func ask(_ api: TestAPI, for url: String, _ token: String) async throws -> Answer {
        try await api.send(
            .post, "/api/process", token: token, headers: [.contentType: "application/json"], try order(url))
    }

    @Test func `every address of the attack list is refused with the same words, and nobody is connected to`()
        async throws
    {
        let urls = try Vectors.read().urls
        #expect(urls.count == 58)
        try await CountingListener.run { listener in
            // Looser than any installation: http, and the port where somebody listens.
            var policy = OutboundPolicy()
            policy.allowsPlainHTTP = true
            policy.ports.insert(listener.port)
            let http = try OutboundHTTP(policy: policy, resolver: Resolver(), logger: TestAPI.quiet)
            try await TestAPI.run(files: CheckedFileFetcher(http, shortest: .zero)) { api in
                let token = try await api.signUp()
                var said: Set<String> = []
                for url in urls.flatMap({ Self.variants($0, port: listener.port) }) {
                    let answer = try await ask(api, for: url, token)
                    #expect(answer.status == .unprocessableContent, "\(url)")
                    said.insert(answer.said)
                    #expect(!answer.text.contains("secret") && !answer.text.contains("127.0.0.1"))
                }
                #expect(said.count == 1)
                let quota = try await api.count("SELECT COUNT(*) AS n FROM quota_holds")
                #expect(quota == 0)
            }
            #expect(listener.connections == 0)
        }
    }

    /// As it is, over TLS, and at the port where somebody listens.
    private static func variants(_ url: String, port: Int) -> [String] {
        guard let slashes = url.firstRange(of: "://") else { return [url] }
        let rest = url[slashes.upperBound...]
        let end = rest.firstIndex(of: "/") ?? rest.endIndex
        let atPort = "\(url[..<slashes.upperBound])\(rest[..<end]):\(port)\(rest[end...])"
        return [url, "https://\(rest)", atPort]
    }

    /// A host inside that listens, one that does not, and a name that does not exist.
    @Test func `neither words nor time tell what is there`() async throws {
        try await CountingListener.run { listener in
            let http = try OutboundHTTP(resolver: Resolver(), logger: TestAPI.quiet)
            try await TestAPI.run(files: CheckedFileFetcher(http, shortest: .milliseconds(200))) { api in
                let token = try await api.signUp()
                let urls = [
                    "https://127.0.0.1:\(listener.port)/", "https://127.0.0.1:1/", "https://gone.example/",
                    "https://127.0.0.1.nip.io/", "https://10.255.255.1/", "nonsense",
                ]
                var (said, times): (Set<String>, [Duration]) = ([], [])
                for url in urls {
                    let started = ContinuousClock.now
                    said.insert(try await ask(api, for: url, token).said)
                    times.append(started.duration(to: .now))
                }
                #expect(said.count == 1)
                #expect(times.allSatisfy { $0 >= .milliseconds(200) })
            }
            #expect(listener.connections == 0)
        }
    }

    @Test func `as it comes, no file is fetched`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let answer = try await ask(api, for: "https://sounds.example/loop.wav", token)
            #expect((answer.status, answer.code) == (.forbidden, "FORBIDDEN"))
        }
    }

    @Test(arguments: [
        "{}", #"{"file_url": 7}"#, #"{"file_url": null}"#, "[]", "", #"{"options": {"ai_analysis": true}}"#,
    ])
    func `what names no address is refused`(body: String) async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let answer = try await api.send(
                .post, "/api/process", token: token, headers: [.contentType: "application/json"], body)
            #expect((answer.status, answer.code) == (.badRequest, "VALIDATION_ERROR"))
        }
    }

    @Test func `a file is fetched, analysed, and fetched once for one key`() async throws {
        let served = Counted()
        try await TestAPI.run(files: served) { api in
            let token = try await api.signUp()
            for _ in 0..<2 {
                let answer = try await api.send(
                    .post, "/api/process", token: token,
                    headers: [.contentType: "application/json", .idempotencyKey: "fetch-1"],
                    #"{"file_url": "https://sounds.example/loop.wav", "options": {"ai_analysis": false}}"#)
                #expect(answer.status == .ok)
                let features = try #require(answer.data["audio_features"] as? [String: Any])
                #expect(features["file"] as? String == "loop.wav" && features["kind"] as? String == "loop")
            }
            #expect(served.count.withLock { $0 } == 1)
        }
    }

    private final class Counted: FileFetcher {
        let count = Mutex(0)

        func fetch(_ url: String) async throws(FetchFailure) -> FetchedFile {
            count.withLock { $0 += 1 }
            return FetchedFile(name: "loop.wav", body: .init(Sound.clicks()))
        }
    }
}
