import Storage
import StorageTestKit
import Testing

private let base = "http://127.0.0.1:8080/files by link/objects".replacing(" ", with: "%20")
private let secret = Array(repeating: UInt8(1), count: 32)

private func linked(
    _ store: any MultipartUploading, clock: any WallClock = SystemClock()
) throws -> LinkedObjectStore {
    LinkedObjectStore(store, links: try SignedLinks(base: base, secrets: [secret]), clock: clock)
}

@Suite struct LinkedObjectStoreTests {
    @Test(arguments: PresignedURLPromise.all)
    func `a folder keeps every promise about signed URLs`(_ promise: PresignedURLPromise) async throws {
        let folder = try TemporaryFolder()
        try await check(promise, LocalObjectStore(folder: folder.path))
    }

    @Test(arguments: PresignedURLPromise.all)
    func `memory keeps every promise about signed URLs`(_ promise: PresignedURLPromise) async throws {
        try await check(promise, MemoryObjectStore())
    }

    private func check(_ promise: PresignedURLPromise, _ store: any MultipartUploading) async throws {
        let server = LinkServer(store: try linked(store))
        let late = try linked(store, clock: ManualClock(SystemClock().now() - .seconds(7200)))
        try await promise.check(.init(store: server.store, late: late, send: server.send))
    }

    @Test(arguments: ObjectStorePromise.all)
    func `links change nothing about the store`(_ promise: ObjectStorePromise) async throws {
        try await promise.check(linked(MemoryObjectStore()))
    }

    @Test(arguments: MultipartPromise.all)
    func `links change nothing about parts`(_ promise: MultipartPromise) async throws {
        try await promise.check(linked(MemoryObjectStore()))
    }

    @Test func `a part can be sent by whoever has its link`() async throws {
        let server = LinkServer(store: try linked(MemoryObjectStore()))
        let upload = try await server.store.beginUpload(at: ObjectKey("song"), ObjectAttributes())
        let request = try await server.store.presign(part: 1, size: 3, of: upload, expiresIn: .seconds(3600))
        #expect(try await server.send(request, [1, 2]).status == 403)
        #expect(try await server.send(request, [1, 2, 3]).status == 200)
        #expect(try await server.store.complete(upload, server.store.parts(of: upload)).size == 3)
        await #expect(throws: ObjectStoreError.self) { try await server.send(request, [1, 2, 3]) }
    }

    @Test(arguments: [[], [1, 2], [1, 2, 3, 4]] as [[UInt8]])
    func `a body of another length than its header says is not stored`(body: [UInt8]) async throws {
        let (store, key) = (try linked(MemoryObjectStore()), try ObjectKey("take"))
        let (url, _) = try store.links.link(
            to: key, .put(size: 3, attributes: .init(), replacing: true), expiresIn: .seconds(3600),
            at: SystemClock().now())
        let link = try store.check(request(url, length: 3))
        await #expect(throws: ObjectStoreError.bodyFailed(SignedLinkRefusal.wrongLength(expected: 3))) {
            try await store.receive(ByteStream(body), by: link)
        }
        await #expect(throws: ObjectStoreError.notFound(key)) { try await store.head(key) }
    }

    @Test func `a link to read puts nothing`() async throws {
        let (store, key) = (try linked(MemoryObjectStore()), try ObjectKey("take"))
        let (url, _) = try store.links.link(
            to: key, .read(downloadName: nil), expiresIn: .seconds(3600), at: SystemClock().now())
        let link = try store.check(request(url, method: "GET"))
        await #expect(throws: ObjectStoreError.self) { try await store.receive(ByteStream([1]), by: link) }
    }
}

private func request(
    _ url: String, method: String = "PUT", length: Int? = nil, type: String? = "application/octet-stream"
) -> LinkRequest {
    let halves = url.split(separator: "?", maxSplits: 1).map(String.init)
    let path = halves[0].split(separator: "/", maxSplits: 2).last ?? ""
    return LinkRequest(
        method: method, path: "/" + path, query: halves.count > 1 ? halves[1] : "",
        length: length, contentType: type)
}

@Suite struct SignedLinksTests {
    private let links: SignedLinks
    private let key: ObjectKey
    private let now = Timestamp(milliseconds: 1_767_225_600_123)

    init() throws {
        links = try SignedLinks(base: base, secrets: [secret])
        key = try ObjectKey("uploads-pending/a b/ü%2F+&=?#.wav")
    }

    private func url(_ access: SignedLink.Access, life: Int = 60) throws -> String {
        try links.link(to: key, access, expiresIn: .seconds(life), at: now).url
    }

    private var put: SignedLink.Access {
        .put(size: 5, attributes: ObjectAttributes(contentType: "audio/wav"), replacing: false)
    }

    @Test func `a link tells what was agreed, to the second it was made`() throws {
        let link = try links.check(request(url(put), length: 5, type: "audio/wav"), at: now)
        #expect((link.key, link.access) == (key, put))
        #expect(link.issued == Timestamp(milliseconds: 1_767_225_600_000))
        #expect(link.expires == link.issued + .seconds(60))
    }

    @Test func `each deviation has its own refusal, told only to who has a good signature`() throws {
        let url = try url(put)
        let expires = Timestamp(milliseconds: 1_767_225_660_000)
        let wrong: [(LinkRequest, Timestamp, SignedLinkRefusal)] = [
            (request(url, method: "GET"), now, .wrongMethod(allowed: ["PUT"])),
            (request(url, method: "DELETE"), now, .wrongMethod(allowed: ["PUT"])),
            (request(url, type: "audio/wav"), now, .lengthRequired),
            (request(url, length: 6, type: "audio/wav"), now, .wrongLength(expected: 5)),
            (request(url, length: 5, type: "text/html"), now, .wrongType(expected: "audio/wav")),
            (request(url, length: 5, type: nil), now, .wrongType(expected: "audio/wav")),
            (request(url, length: 5, type: "audio/wav"), expires, .expired(expires)),
            (request(url + "*", method: "GET"), expires, .malformed),
            (request(url + "AAAA", method: "GET"), expires, .wrongSignature),
            (request(url.replacing("for=60", with: "for=61"), length: 5), now, .wrongSignature),
            (request(url.replacing("uploads", with: "exports"), length: 5), now, .wrongSignature),
        ]
        for (request, moment, refusal) in wrong {
            #expect(throws: refusal, "\(refusal)") { try links.check(request, at: moment) }
        }
        #expect(throws: SignedLinkRefusal.self) {
            try links.check(request(url, length: 5, type: "audio/wav"), at: expires + .seconds(1))
        }
    }

    @Test func `a link to read is good for GET and HEAD`() throws {
        let url = try url(.read(downloadName: "Ü.wav"))
        for method in ["GET", "HEAD"] { _ = try links.check(request(url, method: method), at: now) }
        #expect(throws: SignedLinkRefusal.wrongMethod(allowed: ["GET", "HEAD"])) {
            try links.check(request(url, method: "PUT", length: 1), at: now)
        }
    }

    /// Every byte of the path and the query, by itself, to another value.
    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `no other spelling of a link is let in`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let good = request(try url(put), length: 5, type: "audio/wav")
        let (path, query) = (Array(good.path.utf8), Array(good.query.utf8))
        for index in 0..<(path.count + query.count) {
            var bytes = path + query
            bytes[index] ^= UInt8.random(in: 1...127, using: &random)
            let changed = LinkRequest(
                method: "PUT", path: String(decoding: bytes[..<path.count], as: UTF8.self),
                query: String(decoding: bytes[path.count...], as: UTF8.self), length: 5, contentType: "audio/wav")
            // `%2f` for `%2F` names the same key.
            let isSameKey = index < path.count && bytes[index] ^ path[index] == 0x20 && path.contains(0x25)
            if let link = try? links.check(changed, at: now) {
                #expect(isSameKey && link.key == key, "byte \(index): \(changed.path)?\(changed.query)")
            }
        }
        let parts = good.query.split(separator: "&").map(String.init)
        let others = [
            parts.reversed().joined(separator: "&"), good.query + "&x=1", "x=1&" + good.query, good.query + "&",
            good.query + "&signature=AA", parts.dropFirst().joined(separator: "&"), "", good.query + "=",
        ]
        for query in others {
            let changed = LinkRequest(
                method: "PUT", path: good.path, query: query, length: 5, contentType: "audio/wav")
            #expect(throws: SignedLinkRefusal.self, "\(query)") { try links.check(changed, at: now) }
        }
    }

    @Test func `a link outside the base, or to no key, is malformed`() throws {
        let good = request(try url(put), length: 5)
        for path in [
            "", "/", "/objects/take", "/files%20by%20link/objects", "/files%20by%20link/objects/",
            "/files%20by%20link/objects/../x", "/files%20by%20link/objects/%2e%2e/x", "/files%20by%20link/objects/%zz",
            "/files%20by%20link/objects/%ff",
        ] {
            let changed = LinkRequest(method: "PUT", path: path, query: good.query, length: 5, contentType: nil)
            #expect(throws: SignedLinkRefusal.malformed, "\(path)") { try links.check(changed, at: now) }
        }
    }

    @Test func `while a secret is changed, links of both are good; afterwards only the new ones`() throws {
        let next = Array(repeating: UInt8(2), count: 32)
        let both = try SignedLinks(base: base, secrets: [next, secret])
        let new = try SignedLinks(base: base, secrets: [next])
        let (old, fresh) = (
            request(try url(put), length: 5, type: "audio/wav"),
            request(try both.link(to: key, put, expiresIn: .seconds(60), at: now).url, length: 5, type: "audio/wav")
        )
        for link in [old, fresh] { _ = try both.check(link, at: now) }
        _ = try new.check(fresh, at: now)
        #expect(throws: SignedLinkRefusal.wrongSignature) { try new.check(old, at: now) }
        #expect(throws: SignedLinkRefusal.wrongSignature) { try links.check(fresh, at: now) }
    }

    @Test func `a short secret, a base that is no URL and attributes too long for one are refused`() throws {
        for secrets in [[], [[]], [secret, Array(secret.dropLast())]] as [[[UInt8]]] {
            #expect(throws: ObjectStoreError.self) { try SignedLinks(base: base, secrets: secrets) }
        }
        for base in [
            "", "objects", "ftp://host/a", "http://", "http://host/a?b=c", "http://host/#a", "http://u@host/",
            "//host/a", "/a?b=c", "/a#b", "host/a",
        ] {
            #expect(throws: ObjectStoreError.self, "\(base)") { try SignedLinks(base: base, secrets: [secret]) }
        }
        let long = ObjectAttributes(metadata: ["notes": String(repeating: "n", count: 5000)])
        #expect(throws: ObjectStoreError.self) { try url(.put(size: 1, attributes: long, replacing: true)) }
    }

    @Test func `links below a path alone are paths, and good`() throws {
        let links = try SignedLinks(base: "/objects/", secrets: [secret])
        let made = try links.link(to: key, .read(downloadName: nil), expiresIn: .seconds(60), at: now).url
        #expect(made.hasPrefix("/objects/uploads-pending/"))
        let halves = made.split(separator: "?", maxSplits: 1).map(String.init)
        let request = LinkRequest(method: "GET", path: halves[0], query: halves[1], length: nil, contentType: nil)
        #expect(try links.check(request, at: now).key == key)
    }

    @Test func `no secret is told by a print`() throws {
        #expect(!String(reflecting: links).contains("1, 1, 1"))
    }
}
