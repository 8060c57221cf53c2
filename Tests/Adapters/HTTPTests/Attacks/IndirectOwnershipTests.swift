import Foundation
import HTTPTypes
import Storage
import Testing

@testable import WaxwingHTTP

/// What is another's, named in a body or a query of a request that is one's own.
@Suite struct IndirectOwnershipTests {
    /// Something of each kind that a user can have.
    private struct Things {
        let sample, folder, collection, kit, file, job, upload: String

        init(_ api: TestAPI, token: String) async throws {
            func made(_ path: String, _ body: String) async throws -> String {
                try #require(try await api.send(.post, path, token: token, body).data["id"] as? String)
            }
            job = try #require(try await api.upload(Sound.clicks(), token: token).data["job_id"] as? String)
            await api.runJobs()
            let samples = try await api.send(.get, "/api/samples", token: token)
            sample = try #require(samples.list.first?["id"] as? String)
            folder = try await made("/api/folders", #"{"name": "F"}"#)
            collection = try await made("/api/collections", #"{"name": "C"}"#)
            kit = try await made("/api/kits", #"{"name": "K"}"#)
            file = try #require(try await Self.keep(api, in: nil, token: token).data["id"] as? String)
            let begun = try await api.send(
                .post, "/api/uploads", token: token, #"{"filename": "a.wav", "size": 9, "content_type": "audio/wav"}"#)
            upload = try #require(begun.data["upload_id"] as? String)
        }

        /// Names of the same form that stand for nothing.
        var standIns: [String: String] {
            let names = [sample, folder, collection, kit, file, job, upload]
            return Dictionary(names.map { ($0, String.random) }) { first, _ in first }
        }

        /// A picture of one pixel.
        static func keep(_ api: TestAPI, in folder: String?, token: String) async throws -> Answer {
            let picture = Data(
                base64Encoded:
                    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
            let head = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n"
            return try await api.send(
                .post, "/api/files" + (folder.map { "?folder=\($0)" } ?? ""), token: token,
                headers: [.contentType: "multipart/form-data; boundary=b"],
                bytes: Array(head.utf8) + Array(try #require(picture)) + Array("\r\n--b--\r\n".utf8))
        }
    }

    /// Requests about `own` things that name `others`.
    private func requests(_ own: Things, naming others: Things) -> [(HTTPRequest.Method, String, String)] {
        [
            (.post, "/api/collections/\(own.collection)/samples", #"{"samples": ["\#(others.sample)"]}"#),
            (.post, "/api/collections", #"{"name": "x", "parent": "\#(others.collection)"}"#),
            (.patch, "/api/collections/\(own.collection)", #"{"parent": "\#(others.collection)"}"#),
            (.put, "/api/kits/\(own.kit)/pads/A1", #"{"sample": "\#(others.sample)"}"#),
            (.post, "/api/kits", #"{"name": "x", "pads": [{"pad": "A1", "sample": "\#(others.sample)"}]}"#),
            (.post, "/api/kits/build", #"{"samples": ["\#(others.sample)"]}"#),
            (.post, "/api/kits/build", #"{"samples": ["\#(own.sample)"], "around": "\#(others.sample)"}"#),
            (.post, "/api/kits/build", #"{"samples": ["\#(own.sample)"], "completing": "\#(others.kit)"}"#),
            (.post, "/api/exports", #"{"samples": ["\#(others.sample)"]}"#),
            (.post, "/api/exports", #"{"samples": ["\#(own.sample)", "\#(others.sample)"]}"#),
            (.post, "/api/folders", #"{"name": "x", "parent": "\#(others.folder)"}"#),
            (.patch, "/api/folders/\(own.folder)", #"{"parent": "\#(others.folder)"}"#),
            (.patch, "/api/files/\(own.file)", #"{"folder": "\#(others.folder)"}"#),
            (
                .post, "/api/files/uploads",
                #"{"filename": "a.png", "size": 9, "content_type": "image/png", "folder": "\#(others.folder)"}"#
            ),
            (.get, "/api/collections?parent=\(others.collection)", ""),
            (.get, "/api/folders?parent=\(others.folder)", ""), (.get, "/api/files?folder=\(others.folder)", ""),
            (.post, "/api/jobs/retry", #"{"job_id": "\#(others.job)"}"#),
            (.post, "/api/jobs/cancel", #"{"job_id": "\#(others.job)"}"#),
        ]
    }

    @Test func `IDOR indirect: what is another's may be named nowhere, and is answered as what nobody has`()
        async throws
    {
        try await TestAPI.run { api in
            let (ada, eve) = (try await api.signUp(), try await api.signUp("eve@example.com"))
            let (hers, own) = (try await Things(api, token: ada), try await Things(api, token: eve))
            let before = try await state(of: hers, api, ada)
            let nobodys = hers.standIns
            for (method, path, body) in requests(own, naming: hers) {
                let theirs = try await api.send(method, path, token: eve, body)
                func unknown(_ text: String) -> String {
                    nobodys.reduce(text) { $0.replacing($1.key, with: $1.value) }
                }
                let none = try await api.send(method, unknown(path), token: eve, unknown(body))
                #expect(theirs.status == .notFound, "\(method) \(path) \(body): \(theirs.text)")
                #expect(theirs.said == none.said, "\(method) \(path): \(theirs.text) and \(none.text)")
            }
            // An order passes by what is not there: by what is another's, too.
            for (path, order) in [
                ("/api/collections/\(own.collection)/samples", #"{"samples": ["\#(hers.sample)"]}"#),
                ("/api/collections/order", #"{"collections": ["\#(hers.collection)"]}"#),
            ] {
                let unknown = nobodys.reduce(order) { $0.replacing($1.key, with: $1.value) }
                let theirs = try await api.send(.put, path, token: eve, order)
                #expect(try await api.send(.put, path, token: eve, unknown).said == theirs.said, "\(path)")
                #expect(!theirs.text.contains(hers.sample) && !theirs.text.contains(hers.collection))
            }
            let listed = try await api.send(.get, "/api/collections/\(own.collection)/samples", token: eve)
            #expect(listed.status == .ok && listed.list.isEmpty)
            let kept = try await Things.keep(api, in: hers.folder, token: eve)
            #expect(kept.status == .notFound)
            // Many at once are told one by one.
            for action in ["tag", "hide", "restore", "purge", "analyze"] {
                let tags = action == "tag" ? #", "tags": ["x"]"# : ""
                let answer = try await api.send(
                    .post, "/api/samples/batch", token: eve,
                    #"{"action": "\#(action)", "ids": ["\#(hers.sample)"]\#(tags)}"#)
                #expect(!answer.text.contains("clicks") && !answer.text.contains("loop.wav"), "\(answer.text)")
            }
            let filtered = try await api.send(.get, "/api/samples?collection=\(hers.collection)", token: eve)
            #expect(filtered.status == .notFound || filtered.list.isEmpty, "\(filtered.text)")
            #expect(try await state(of: hers, api, ada) == before)
        }
    }

    /// All that the owner sees.
    private func state(of things: Things, _ api: TestAPI, _ token: String) async throws -> [String] {
        var state: [String] = []
        for path in [
            "/api/samples", "/api/samples?hidden=true", "/api/collections", "/api/kits", "/api/files",
            "/api/folders", "/api/exports", "/api/jobs", "/api/uploads/\(things.upload)",
        ] {
            let answer = try await api.send(.get, path, token: token)
            #expect(answer.status == .ok, "\(path)")
            var data = answer.data
            // They say when they were made.
            data["links"] = nil
            let shown: Any = data.isEmpty ? answer.list : data
            let text = try JSONSerialization.data(withJSONObject: [shown], options: .sortedKeys)
            state.append(String(decoding: text, as: UTF8.self))
        }
        return state
    }

    /// 122 random bits: what another has cannot be met by trying, and nobody reads from an id how many there are.
    @Test func `id guessing: of 10,000 ids none comes twice, no bit leans to a side, and order tells nothing`() throws {
        let ids = (0..<10_000).map { _ in Name.random().text }
        #expect(Set(ids).count == ids.count)
        var ones = [Int](repeating: 0, count: 128)
        for id in ids {
            let digits = try id.filter { $0 != "-" }.map { try #require($0.hexDigitValue) }
            #expect(digits.count == 32)
            for (place, digit) in digits.enumerated() {
                for bit in 0..<4 where digit & (8 >> bit) != 0 { ones[4 * place + bit] += 1 }
            }
        }
        // The six that say which kind of id it is are always the same.
        let fixed = ones.count { $0 == 0 || $0 == ids.count }
        #expect(fixed == 6)
        // Six standard deviations of a fair coin.
        #expect(ones.allSatisfy { $0 == 0 || $0 == ids.count || abs($0 - 5_000) < 300 })
        let rising = zip(ids, ids.dropFirst()).count { $0 < $1 }
        #expect(abs(rising - 5_000) < 300)
    }

    private typealias Name = Identifier<IndirectOwnershipTests>
}
