import Foundation
import Testing

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

extension TestServer {
    /// - Returns: the upload with its links.
    func beginUpload(
        of sound: [UInt8], named name: String, inParts: Bool = false, token: String
    ) async throws -> [String: Any] {
        let request =
            #"{"filename": "\#(name)", "size": \#(sound.count), "content_type": "audio/wav", "parts": \#(inParts)}"#
        let begun = try await send("POST", "/api/uploads", token: token, Array(request.utf8))
        #expect(begun.status == 201)
        return try Self.data(of: begun.body)
    }

    /// As whoever was given the link, to where it points.
    static func send(_ bytes: [UInt8], by link: [String: Any]) async throws {
        let url = try #require((link["url"] as? String).flatMap(URL.init(string:)))
        var request = URLRequest(url: url, timeoutInterval: 600)
        request.httpMethod = try #require(link["method"] as? String)
        request.timeoutInterval = 300
        for header in link["headers"] as? [[String: String]] ?? [] {
            // The length comes with the body.
            guard let name = header["name"], name != "Content-Length" else { continue }
            request.setValue(header["value"], forHTTPHeaderField: name)
        }
        request.httpBody = Data(bytes)
        let (body, response) = try await URLSession.shared.data(for: request)
        let status = (response as? HTTPURLResponse)?.statusCode
        #expect(status == 200, "\(String(decoding: body, as: UTF8.self))")
    }

    /// - Returns: the job.
    func confirmUpload(_ id: String, token: String) async throws -> String {
        let confirmed = try await send("POST", "/api/uploads/\(id)/confirm", token: token)
        #expect(confirmed.status == 202)
        return try #require(Self.data(of: confirmed.body)["job_id"] as? String)
    }

    static func data(of body: Data) throws -> [String: Any] {
        let answer = try #require(try JSONSerialization.jsonObject(with: body) as? [String: Any])
        return try #require(answer["data"] as? [String: Any])
    }
}
