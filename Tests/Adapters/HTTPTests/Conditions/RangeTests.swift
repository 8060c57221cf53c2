import Foundation
import HTTPTypes
import Storage
import Testing
import WaxwingService

@testable import WaxwingHTTP

@Suite struct RangeTests {
    @Test func `every range of the vectors is read as RFC 9110 has it`() throws {
        let cases = try RangeCase.all()
        #expect(cases.count == 35)
        for each in cases {
            let range = each.range.flatMap(ByteRange.init(header:))
            let found = range.map { $0.resolved(in: each.size) }
            let status =
                switch found {
                case nil: 200
                case .some(nil): 416
                case .some(.some): 206
                }
            #expect(each.statuses.contains(status), "\(each.testDescription): \(status)")
            guard status == 206, let expected = each.contentRange, let part = found?.flatMap({ $0 }) else { continue }
            #expect("bytes \(part.lowerBound)-\(part.upperBound - 1)/\(each.size)" == expected)
        }
    }

    @Test func `every range of the vectors is answered so by audio and links, and costs no more than the file`()
        async throws
    {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            for size in [10_000, 0] {
                let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
                let links = try await Stored(bytes, in: api)
                for each in try RangeCase.all() where each.size == size {
                    var headers: HTTPFields = [:]
                    headers[.range] = each.range.map { $0.unicodeScalars.allSatisfy(\.isASCII) ? $0 : "bytes=x" }
                    // 1,000 ranges are more than a server takes in a header of its own accord.
                    let answer = try await api.send(.get, links.path, headers: headers)
                    #expect(
                        each.statuses.contains(answer.status.code), "\(each.testDescription): \(answer.status.code)")
                    #expect(answer.bytes.count <= max(size, 1_000))
                    guard [206, 416].contains(answer.status.code) else { continue }
                    #expect(answer.headers[.contentRange] == each.contentRange)
                }
            }
            // The route of samples decides in the same place.
            let id = try await sample(api, token)
            let part = try await api.send(
                .get, "/api/samples/\(id)/audio", token: token, headers: [.range: "BYTES=-4"])
            #expect((part.status, part.bytes.count) == (.partialContent, 4))
            let outside = try await api.send(
                .get, "/api/samples/\(id)/audio", token: token, headers: [.range: "bytes=99999999-"])
            #expect((outside.status, outside.code) == (.rangeNotSatisfiable, "VALIDATION_ERROR"))
            #expect(outside.headers[.contentRange]?.hasPrefix("bytes */") == true)
        }
    }

    private func sample(_ api: TestAPI, _ token: String) async throws -> String {
        _ = try await api.upload(Sound.clicks(seconds: 0.1), token: token)
        await api.runJobs()
        return try #require(try await api.send(.get, "/api/samples", token: token).list.first?["id"] as? String)
    }
}

/// An object with a link to it.
struct Stored {
    let info: ObjectInfo
    let path: String

    init(_ bytes: [UInt8], named name: String = "file.wav", type: String = "audio/wav", in api: TestAPI) async throws {
        let key = try ObjectKey("exports/\(UUID().uuidString.lowercased())")
        info = try await api.objects.put(bytes, at: key, ObjectAttributes(contentType: type))
        let store = try #require(api.useCases.linkedObjects)
        let link = try await store.presign(.get(downloadName: name), to: key, expiresIn: .seconds(3600))
        let url = try #require(URLComponents(string: link.url))
        path = "\(url.percentEncodedPath)?\(url.percentEncodedQuery ?? "")"
    }
}
