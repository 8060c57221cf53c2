import Foundation
import HTTPTypes
import Storage
import Testing

@testable import WaxwingHTTP

@Suite struct LibraryRouteTests {
    private static let png: [UInt8] =
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + [UInt8](repeating: 1, count: 900)

    /// As a client uploads and waits.
    private func samples(_ names: String..., in api: TestAPI, token: String) async throws -> [String] {
        var ids: [String] = []
        for name in names {
            let job =
                try await api.upload(Sound.clicks(seconds: 1), named: name, token: token).data["job_id"] as? String
            await api.runJobs()
            let done = try await api.send(.get, "/api/jobs/\(try #require(job))", token: token)
            ids.append(try #require(done.data["sample_id"] as? String))
        }
        return ids
    }

    private func file(_ api: TestAPI, token: String, to path: String = "/api/files") async throws -> Answer {
        let head = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"cover.png\"\r\n\r\n"
        return try await api.send(
            .post, path, token: token, headers: [.contentType: "multipart/form-data; boundary=b"],
            bytes: Array(head.utf8) + Self.png + Array("\r\n--b--\r\n".utf8))
    }

    @Test func `a kit becomes a ZIP file that is loaded whole or in parts`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let ids = try await samples("kick.wav", "snare.wav", in: api, token: token)
            let made = try await api.send(
                .post, "/api/kits", token: token,
                #"{"name": "Night", "bpm": 92, "pads": [{"pad": "A1", "sample": "\#(ids[0])", "level": 100}]}"#)
            #expect(made.status == .created)
            let kit = try #require(made.data["id"] as? String)
            let set = try await api.send(
                .put, "/api/kits/\(kit)/pads/A2", token: token, #"{"sample": "\#(ids[1])", "pitch": -2}"#)
            #expect(
                (set.data["pads"] as? [[String: Any]])?.map { $0["filename"] as? String } == ["kick.wav", "snare.wav"])
            let checked = try await api.send(.get, "/api/kits/\(kit)/check?device=sp404sx", token: token)
            #expect(checked.data["pads"] as? Int == 2)
            let asked = try await api.send(.post, "/api/kits/\(kit)/export", token: token, #"{"device": "sp404mkii"}"#)
            #expect(asked.status == .accepted)
            let id = try #require(asked.data["id"] as? String)
            #expect(asked.data["download_url"] is NSNull)
            let path = "/api/exports/\(id)/download"
            #expect(try await api.send(.get, path, token: token).status == .conflict)
            await api.runJobs()
            let report = try await api.send(.get, "/api/exports/\(id)", token: token)
            #expect(report.data["status"] as? String == "completed")
            #expect(report.data["download_url"] as? String == path)
            let zip = try await api.send(.get, path, token: token)
            #expect((zip.status, zip.bytes.prefix(4)) == (.ok, [0x50, 0x4B, 3, 4]))
            #expect(zip.headers[.contentType] == "application/zip")
            #expect(zip.headers[.contentDisposition]?.contains("filename*=UTF-8''Night%20sp404mkii.zip") == true)
            let part = try await api.send(.get, path, token: token, headers: [.range: "bytes=2-5"])
            #expect((part.status, part.bytes) == (.partialContent, Array(zip.bytes[2...5])))
            let head = try await api.send(.head, path, token: token)
            #expect((head.status, head.headers[.eTag]) == (.ok, zip.headers[.eTag]))
            let tag = try #require(zip.headers[.eTag])
            let same = try await api.send(.get, path, token: token, headers: [.ifNoneMatch: tag])
            #expect(same.status == .notModified && same.bytes.isEmpty)
            #expect(try await api.send(.delete, "/api/exports/\(id)", token: token).status == .ok)
            #expect(try await api.send(.get, path, token: token).status == .notFound)
        }
    }

    @Test func `a repeated request makes one kit, one export, one file`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let ids = try await samples("kick.wav", in: api, token: token)
            let key = try #require(HTTPField.Name("Idempotency-Key"))
            for (path, body, table) in [
                ("/api/kits", #"{"name": "Night"}"#, "kits"),
                ("/api/kits/build", #"{"count": 1}"#, "kits"),
                ("/api/collections", #"{"name": "Drums"}"#, "collections"),
                ("/api/folders", #"{"name": "Art"}"#, "folders"),
                ("/api/exports", #"{"samples": ["\#(ids[0])"], "device": "import"}"#, "exports"),
            ] {
                let headers: HTTPFields = [key: UUID().uuidString]
                let first = try await api.send(.post, path, token: token, headers: headers, body)
                let again = try await api.send(.post, path, token: token, headers: headers, body)
                #expect([.created, .accepted].contains(first.status), "\(path) \(first.text)")
                #expect(first.bytes == again.bytes, "\(path)")
                #expect(table.isEmpty == false)
            }
            #expect(try await api.count("SELECT COUNT(*) AS n FROM kits") == 2)
            #expect(try await api.count("SELECT COUNT(*) AS n FROM exports") == 1)
            #expect(try await api.count("SELECT COUNT(*) AS n FROM collections") == 1)
        }
    }

    @Test func `collections by hand and by rules`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let ids = try await samples("kick.wav", "snare.wav", in: api, token: token)
            let hand = try await api.send(.post, "/api/collections", token: token, #"{"name": "Hand"}"#)
            let id = try #require(hand.data["id"] as? String)
            let body = #"{"samples": ["\#(ids[1])", "\#(ids[0])"]}"#
            let filled = try await api.send(.post, "/api/collections/\(id)/samples", token: token, body)
            #expect(filled.data["samples"] as? Int == 2)
            let first = try await api.send(.get, "/api/collections/\(id)/samples?limit=1", token: token)
            #expect(first.list.map { $0["id"] as? String } == [ids[1]])
            let cursor = try #require(first.meta["next_cursor"] as? String)
            let second = try await api.send(
                .get, "/api/collections/\(id)/samples?limit=1&cursor=\(cursor)", token: token)
            #expect(second.list.map { $0["id"] as? String } == [ids[0]])
            #expect(
                try await api.send(.delete, "/api/collections/\(id)/samples/\(ids[0])", token: token).data["samples"]
                    as? Int
                    == 1)
            let smart = try await api.send(
                .post, "/api/collections", token: token,
                #"{"name": "Kicks", "parent": "\#(id)", "rules": {"text": "kick", "tempo_from": 0, "sort": "name"}}"#)
            #expect(smart.data["samples"] as? Int == (smart.data["samples"] as? Int))
            #expect((smart.data["rules"] as? [String: Any])?["text"] as? String == "kick")
            let mistyped = try await api.send(
                .post, "/api/collections", token: token, #"{"name": "All", "rules": {"txet": "kick"}}"#)
            #expect((mistyped.status, mistyped.error["field"] as? String) == (.badRequest, "txet"))
            let listed = try await api.send(.get, "/api/collections?parent=\(id)", token: token)
            #expect(listed.list.map { $0["name"] as? String } == ["Kicks"])
            let none = try await api.send(
                .patch, "/api/collections/\(try #require(smart.data["id"] as? String))", token: token,
                #"{"parent": null, "rules": null}"#)
            #expect(none.data["rules"] is NSNull && none.data["parent"] is NSNull)
        }
    }

    @Test func `files and folders, closed and opened`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let folder = try await api.send(.post, "/api/folders", token: token, #"{"name": "Art"}"#)
            let place = try #require(folder.data["id"] as? String)
            let made = try await file(api, token: token, to: "/api/files?folder=\(place)")
            #expect((made.status, made.data["content_type"] as? String) == (.created, "image/png"))
            let id = try #require(made.data["id"] as? String)
            let content = try await api.send(
                .get, "/api/files/\(id)/content", token: token, headers: [.range: "bytes=0-3"])
            #expect((content.status, content.bytes) == (.partialContent, Array(Self.png[..<4])))
            #expect(content.headers[.cacheControl] == "private, max-age=3600")
            #expect(content.headers[.contentDisposition]?.hasPrefix("attachment") == true)
            #expect(try await api.send(.get, "/api/public/files/\(id)").status == .notFound)
            let opened = try await api.send(
                .patch, "/api/files/\(id)", token: token, #"{"public": true, "folder": null}"#)
            #expect(opened.data["folder"] is NSNull)
            let open = try await api.send(.get, "/api/public/files/\(id)")
            #expect((open.status, open.headers[.cacheControl]) == (.ok, "public, max-age=86400"))
            #expect(try await api.send(.delete, "/api/folders/\(place)", token: token).status == .ok)
            #expect(try await api.send(.get, "/api/files?folder=\(place)", token: token).status == .notFound)
        }
    }

    @Test(
        arguments: [
            (#"{"name": "Night", "owner": "eve"}"#, "owner"), (#"{"name": "Night", "id": "x"}"#, "id"),
            (#"{"name": "Night", "created_at": 0}"#, "created_at"), (#"{"bpm": 92}"#, "name"),
            (#"{"name": 5}"#, "name"),
            (#"{"name": "a\u0000b"}"#, nil), (#"{"name": "\ud800"}"#, nil), ("[]", nil), ("", nil), ("{", nil),
            (#"{"name": "Night", "pads": [{"pad": "K1", "sample": "x"}]}"#, nil),
            (#"{"name": "Night", "pads": [{"pad": "A1", "sample": "x", "admin": true}]}"#, nil),
            (#"{"name": "Night", "bpm": 1e999}"#, nil), (#"{"name": null}"#, "name"),
        ] as [(String, String?)])
    func `what a kit has no member for, or is no text, is refused`(body: String, field: String?) async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let answer = try await api.send(.post, "/api/kits", token: token, body)
            #expect((answer.status, answer.code) == (.badRequest, "VALIDATION_ERROR"), "\(answer.text)")
            if let field { #expect(answer.error["field"] as? String == field) }
            #expect(try await api.count("SELECT COUNT(*) AS n FROM kits") == 0)
        }
    }

    @Test func `a pad is the one of the address`() async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            let ids = try await samples("kick.wav", in: api, token: token)
            let made = try await api.send(.post, "/api/kits", token: token, #"{"name": "Night"}"#)
            let kit = try #require(made.data["id"] as? String)
            func put(_ pad: String, _ more: String = "") async throws -> Answer {
                try await api.send(
                    .put, "/api/kits/\(kit)/pads/\(pad)", token: token, #"{"sample": "\#(ids[0])"\#(more)}"#)
            }
            #expect(try await put("a16").status == .ok)
            #expect(try await put("J16", #", "pad": "J16""#).status == .ok)
            #expect(try await put("J16", #", "pad": "A1""#).status == .badRequest)
            #expect(try await put("K1").status == .notFound)
            #expect(try await put("A17").status == .notFound)
            #expect(try await put("A1", #", "kit": "x""#).error["field"] as? String == "kit")
            #expect(try await put("A1", #", "level": 128"#).status == .badRequest)
        }
    }

    @Test func `nobody reaches what is another's, by any method`() async throws {
        try await TestAPI.run { api in
            let (ada, eve) = (try await api.signUp(), try await api.signUp("eve@example.com"))
            let ids = try await samples("kick.wav", in: api, token: ada)
            func made(_ path: String, _ body: String) async throws -> String {
                try #require(try await api.send(.post, path, token: ada, body).data["id"] as? String)
            }
            let kit = try await made("/api/kits", #"{"name": "N", "pads": [{"pad": "A1", "sample": "\#(ids[0])"}]}"#)
            let names = [
                "kits": kit, "collections": try await made("/api/collections", #"{"name": "C"}"#),
                "folders": try await made("/api/folders", #"{"name": "F"}"#),
                "exports": try await made("/api/exports", #"{"samples": ["\#(ids[0])"], "device": "import"}"#),
                "files": try #require(try await file(api, token: ada).data["id"] as? String),
            ]
            await api.runJobs()
            var tried = 0
            for route in api.declared {
                let parts = route.path.split(separator: "/").map(String.init)
                guard parts.count > 2, parts[0] == "api", let id = names[parts[1]], parts[2] == "{id}" else { continue }
                let path = route.path.replacing("{id}", with: id).replacing("{pad}", with: "A1")
                    .replacing("{sample}", with: ids[0])
                let bodies = [
                    "pads/A1": #"{"sample": "\#(ids[0])"}"#, "/samples": #"{"samples": ["\#(ids[0])"]}"#,
                    "/exchange": #"{"pads": ["A1", "A2"]}"#,
                ]
                let body = bodies.first { path.hasSuffix($0.key) }?.value ?? "{}"
                let answer = try await api.send(route.method, path, token: eve, body)
                #expect(answer.status == .notFound, "\(route.method) \(path): \(answer.text)")
                tried += 1
            }
            #expect(tried >= 25)
            let theft = #"{"name": "E", "pads": [{"pad": "A1", "sample": "\#(ids[0])"}]}"#
            #expect(try await api.send(.post, "/api/kits", token: eve, theft).status == .notFound)
            let export = #"{"samples": ["\#(ids[0])"]}"#
            #expect(try await api.send(.post, "/api/exports", token: eve, export).status == .notFound)
            for (path, token) in [("/api/kits/\(kit)", ada), ("/api/exports/\(names["exports"] ?? "")", ada)] {
                #expect(try await api.send(.get, path, token: token).status == .ok)
            }
        }
    }

    @Test(arguments: ["kits", "collections", "exports", "files", "folders"])
    func `what is no identifier is nobody's`(resource: String) async throws {
        try await TestAPI.run { api in
            let token = try await api.signUp()
            for id in ["1", "..%2F..", "%00", "'%20OR%201=1", String(repeating: "a", count: 500)] {
                // Some are refused before a route sees them, and end the connection.
                let answer = try await api.connected { try await $0.send(.get, "/api/\(resource)/\(id)", token: token) }
                #expect([.notFound, .badRequest].contains(answer.status), "\(id) \(answer.status)")
            }
        }
    }
}
