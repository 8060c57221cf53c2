import Foundation
import HTTPTypes
import Storage
import Testing

@testable import WaxwingHTTP

/// `paths/upload-filenames.json`: names that files come with.
@Suite struct DownloadNameTests {
    private func names() throws -> [String] {
        let file = try #require(try Vectors.own("paths/upload-filenames.json") as? [String: Any])
        return try #require(file["names"] as? [String])
    }

    /// One clean header: nothing in it that ends a line, a quote or a parameter.
    private func expectClean(_ header: String?, _ name: String) throws {
        let header = try #require(header)
        let match = try #require(
            header.wholeMatch(of: /attachment; filename="([A-Za-z0-9._-]*)"; filename\*=UTF-8''([A-Za-z0-9._~%-]*)/),
            "\(name): \(header)")
        let decoded = try #require(PercentEncoding.decode(match.2))
        #expect(!decoded.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }, "\(name)")
        #expect(!decoded.contains("/") && !decoded.contains("\\"), "\(name)")
        #expect(decoded.utf8.count <= 255)
    }

    @Test func `header injection by filename: 30 names are uploaded, and each comes back in one clean header`()
        async throws
    {
        let names = try names()
        #expect(names.count == 30)
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let sound = Sound.clicks(seconds: 0.02)
            var jobs: [String] = []
            for name in names {
                // A form cannot carry a line's end in a name: browsers send %0D%0A.
                let sent = name.replacing("\r", with: "%0D").replacing("\n", with: "%0A").replacing("\"", with: "%22")
                let answer = try await api.upload(sound, named: sent, token: token)
                if answer.status == .accepted {
                    jobs.append(try #require(answer.data["job_id"] as? String))
                } else {
                    #expect(answer.status == .badRequest, "\(name)")
                }
                // By link the name is JSON, and can be anything but NUL.
                let quoted = String(decoding: try JSONSerialization.data(withJSONObject: [name]), as: UTF8.self)
                let linked = try await api.send(
                    .post, "/api/uploads", token: token,
                    #"{"filename": \#(quoted.dropFirst().dropLast()), "size": 9, "content_type": "audio/wav"}"#)
                #expect(linked.status == (name.contains("\0") ? .badRequest : .created), "\(name)")
            }
            #expect(jobs.count >= 27)
            await api.runJobs()
            for job in jobs {
                let id = try #require(
                    try await api.send(.get, "/api/jobs/\(job)", token: token).data["sample_id"] as? String)
                let sample = try await api.send(.get, "/api/samples/\(id)", token: token)
                let name = try #require(sample.data["filename"] as? String)
                let audio = try await api.send(.get, "/api/samples/\(id)/audio", token: token)
                #expect(audio.headers[values: .contentDisposition].count == 1)
                #expect(audio.headers[.setCookie] == nil)
                try expectClean(audio.headers[.contentDisposition], name)
            }
        }
    }

    @Test func `a link says a name as cleanly, whatever it is`() async throws {
        let names = try names()
        try await TestAPI.run { api in
            for name in names {
                let stored = try await Stored([1, 2, 3], named: name, in: api)
                let answer = try await api.send(.get, stored.path)
                #expect(answer.status == .ok && answer.headers[values: .contentDisposition].count == 1, "\(name)")
                let header = try #require(answer.headers[.contentDisposition])
                #expect(
                    header.wholeMatch(of: /attachment; filename="[A-Za-z0-9._-]*"; filename\*=UTF-8''[A-Za-z0-9._~%-]*/)
                        != nil, "\(name): \(header)")
            }
        }
    }

    @Test func `stored type abuse: pages and pictures as audio are refused, and no file is ever rendered`() async throws
    {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            for text in [
                "<html><script>alert(1)</script></html>",
                #"<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>"#,
                "GIF89a<script>alert(1)</script>", "%PDF-1.7", "<?xml version=\"1.0\"?><x/>",
            ] {
                let answer = try await api.upload(Array(text.utf8), named: "a.wav", token: token)
                #expect((answer.status, answer.code) == (.unsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE"))
            }
            for type in ["text/html", "image/svg+xml", "application/xhtml+xml", "text/xml"] {
                let begun = try await api.send(
                    .post, "/api/uploads", token: token,
                    #"{"filename": "a.html", "size": 9, "content_type": "\#(type)"}"#)
                #expect(begun.status == .unsupportedMediaType)
                // Even if one came into the store some other way.
                let stored = try await Stored(Array("<script>alert(1)</script>".utf8), type: type, in: api)
                let file = try await api.send(.get, stored.path)
                #expect(file.headers[.contentDisposition]?.hasPrefix("attachment") == true)
                #expect(file.headers[.xContentTypeOptions] == "nosniff")
                #expect(file.headers[.contentSecurityPolicy] == "default-src 'none'; sandbox")
            }
        }
    }
}
