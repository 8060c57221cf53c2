import Foundation
import StorageTestKit
import Testing

/// What is told of samples, and made of them, by the service in its own process and its children.
@Suite struct SampleWorkTests {
    @Test func `children draw pictures and write copies, and no file of theirs stays`() async throws {
        let folder = try TemporaryFolder()
        let server = try await TestServer(folder)
        let token = try await server.signUp()
        let job = try #require(try await server.upload(Sound.kicks(seconds: 3), named: "kicks.wav", token: token))
        let id = try #require(try await server.finished(job, token: token)["sample_id"] as? String)
        let path = "/api/samples/\(id)"
        for query in ["/waveform", "/spectrogram?width=200&height=100"] {
            let picture = try await server.send("GET", path + query, token: token)
            #expect(picture.status == 200 && picture.body.starts(with: [0x89, 0x50, 0x4E, 0x47]))
        }
        let outline = try await server.send("GET", path + "/waveform?format=json&points=2000", token: token)
        #expect(String(decoding: outline.body, as: UTF8.self).hasPrefix(#"{"version":2,"channels":1,"#))
        let begun = try await server.send("POST", path + "/normalize", token: token, Array(#"{"lufs": -30}"#.utf8))
        #expect(begun.status == 202)
        let leveling = try jobID(begun.body)
        let done = try await server.finished(leveling, token: token)
        #expect(done["status"] as? String == "completed", "\(done)")
        let result = try #require(done["result"] as? [String: Any])
        let level = try #require((result["level"] as? [String: Any])?["loudness_lufs"] as? Double)
        #expect(abs(level + 30) < 0.3)
        let copy = try await server.send("GET", "/api/jobs/\(leveling)/file", token: token)
        #expect(copy.status == 200 && copy.body.starts(with: Array("RIFF".utf8)))
        let again = try await server.send("POST", path + "/analyze", token: token)
        #expect(try await server.finished(jobID(again.body), token: token)["sample_id"] as? String == id)
        #expect(await server.stop() == 0)
        let left = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        #expect(!left.contains { $0.contains("leveled") || $0.hasSuffix(".part") })
    }

    private func jobID(_ answer: Data) throws -> String {
        let answer = try JSONSerialization.jsonObject(with: answer) as? [String: Any]
        return try #require((answer?["data"] as? [String: Any])?["job_id"] as? String)
    }
}
