import Foundation
import StorageTestKit
import Testing

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// Files that a client sends straight to where they are kept.
@Suite struct LinkedUploadTests {
    @Test(.timeLimit(.minutes(30)), arguments: Deployment.testable, [false, true])
    func `a file sent by link is confirmed, analysed, and comes back byte for byte`(
        on deployment: Deployment, inParts: Bool
    ) async throws {
        let environment = try await deployment.environment()
        let server = try await TestServer(try TemporaryFolder(), environment: environment)
        let token = try await server.signUp()
        let sound = inParts ? Self.padded(Sound.kicks(seconds: 1), by: 17 << 20) : Sound.kicks(seconds: 1)
        let upload = try await server.beginUpload(of: sound, named: "a.wav", inParts: inParts, token: token)
        let links = try #require(upload["links"] as? [[String: Any]])
        #expect(links.count == (inParts ? 2 : 1))
        let size = upload["part_size"] as? Int ?? sound.count
        // The last first: their order is not that of their sending.
        for link in links.reversed() {
            let number = try #require(link["part"] as? Int)
            try await TestServer.send(Array(sound.dropFirst((number - 1) * size).prefix(size)), by: link)
        }
        let id = try #require(upload["upload_id"] as? String)
        if inParts {
            let arrived = try await server.get("/api/uploads/\(id)", token: token)["data"] as? [String: Any]
            #expect(arrived?["arrived_parts"] as? [Int] == [1, 2])
        }
        let job = try await server.confirmUpload(id, token: token)
        let done = try await server.finished(job, token: token)
        #expect(done["status"] as? String == "completed")
        let sample = try #require(done["sample_id"] as? String)
        let audio = try await server.send("GET", "/api/samples/\(sample)/audio", token: token)
        #expect(Array(audio.body) == sound)
        let link = try await server.send("GET", "/api/samples/\(sample)/link", token: token)
        let url = try #require((TestServer.data(of: link.body)["url"] as? String).flatMap(URL.init(string:)))
        let (linked, response) = try await URLSession.shared.data(for: URLRequest(url: url, timeoutInterval: 600))
        #expect(Array(linked) == sound)
        let disposition = (response as? HTTPURLResponse)?.value(forHTTPHeaderField: "Content-Disposition")
        #expect(disposition?.contains("filename=\"a.wav\"") == true, "\(disposition ?? "none")")
        #expect(await server.stop() == 0)
    }

    /// With a chunk of zeros at its end that players pass over: long, and quickly analysed.
    private static func padded(_ wav: [UInt8], by count: Int) -> [UInt8] {
        func little(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(value >> (8 * $0) & 255) } }
        var wav = wav + Array("junk".utf8) + little(count) + Array(repeating: 0, count: count)
        wav.replaceSubrange(4..<8, with: little(wav.count - 8))
        return wav
    }
}
