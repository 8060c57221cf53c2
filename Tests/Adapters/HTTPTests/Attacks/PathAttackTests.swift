import Foundation
import HTTPTypes
import Storage
import Testing

@testable import WaxwingHTTP

/// Addresses that mean to lead out of where things are kept.
@Suite struct PathAttackTests {
    /// `paths/object-keys.json`, as the store's own tests have it.
    private static func keys() throws -> [String] {
        let file = try #require(try Vectors.own("paths/object-keys.json") as? [String: Any])
        return try #require(file["keys"] as? [[String: Any]]).compactMap { $0["key"] as? String }
    }

    /// Once escaped, twice, and as it is where an address may hold it.
    private static func spellings(_ key: String) -> [String] {
        let once = key.utf8.map { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: "/")
                ? String(UnicodeScalar(byte)) : "%" + Checksum.hex([byte])
        }.joined()
        let plain = key.utf8.allSatisfy { (0x21...0x7E).contains($0) && !Array("#?%\"<>\\^`{|}".utf8).contains($0) }
        return [once, once.replacing("%", with: "%25"), once.replacing("/", with: "%2f")] + (plain ? [key] : [])
    }

    @Test func `path traversal in keys: no spelling of 79 keys leads to an object, or out of the store`() async throws {
        let keys = try Self.keys()
        #expect(keys.count == 79)
        try await TestAPI.run { api in
            let token = try await api.signUp()
            #expect(try await api.upload(Sound.clicks(), token: token).status == .accepted)
            await api.runJobs()
            let own = try #require(
                try await api.objects.list(prefix: "processed/", after: nil, limit: 1).objects.first?.key.text)
            let before = try await api.objects.list(prefix: "", after: nil, limit: 100).objects.map(\.key)
            for key in keys.filter({ $0.utf8.count < 2_000 }) + [own, "../\(own)", "x/../\(own)"] {
                for path in Self.spellings(key) {
                    for (method, address) in [
                        (HTTPRequest.Method.get, "/objects/\(path)"), (.put, "/objects/\(path)?grant=e30"),
                        (.get, "/media/\(path)"), (.get, "/api/samples/\(path)/audio"),
                        (.get, "/api/public/files/\(path)"),
                    ] {
                        // What cannot be an address ends its connection.
                        let answer = try await api.connected { try await $0.send(method, address, token: token) }
                        #expect((400..<500).contains(answer.status.code), "\(method) \(address): \(answer.status)")
                    }
                }
            }
            let after = try await api.objects.list(prefix: "", after: nil, limit: 100).objects.map(\.key)
            #expect(after == before)
        }
    }

    /// What a client calls a file is a word to be shown: no key is made of it.
    @Test func `path traversal by filename: what is kept lies under the account, whatever it is called`() async throws {
        let names = [
            "../../etc/passwd", "..\\..\\boot.ini", "/etc/shadow", "C:\\a.wav", "a/../../b.wav", "....//a.wav",
        ]
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let user = try #require(try await api.send(.get, "/api/user", token: token).data["id"] as? String)
            for name in names {
                let answer = try await api.upload(Sound.clicks(seconds: 0.02), named: name, token: token)
                #expect(answer.status == .accepted, "\(name)")
            }
            await api.runJobs()
            let kept = try await api.objects.list(prefix: "", after: nil, limit: 100).objects.map(\.key.text)
            #expect(kept.count >= names.count)
            for key in kept { #expect(key.wholeMatch(of: /processed\/[0-9a-f-]{36}\/[0-9a-f-]{36}/) != nil, "\(key)") }
            #expect(kept.allSatisfy { $0.contains(user) })
            let samples = try await api.send(.get, "/api/samples", token: token)
            #expect(samples.list.count == names.count)
            for sample in samples.list {
                let name = try #require(sample["filename"] as? String)
                #expect(!name.contains("/") && !name.contains("\\") && name != "..", "\(name)")
            }
        }
    }
}
