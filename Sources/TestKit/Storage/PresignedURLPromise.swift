import Storage
import Testing

/// One thing every issuer of signed URLs promises, and how it is checked.
public struct PresignedURLPromise: Sendable, CustomTestStringConvertible {
    /// What a check needs.
    public struct Setting: Sendable {
        /// Without objects, its clock right.
        public let store: any PresignedURLIssuer
        /// The same store, its clock two hours behind: what it signs for an hour is too old.
        public let late: any PresignedURLIssuer
        /// Sends a request as any client would: `Content-Length` is that of the body.
        public let send: @Sendable (PresignedRequest, [UInt8]) async throws -> (status: Int, body: [UInt8])

        public init(
            store: any PresignedURLIssuer, late: any PresignedURLIssuer,
            send: @escaping @Sendable (PresignedRequest, [UInt8]) async throws -> (status: Int, body: [UInt8])
        ) {
            (self.store, self.late, self.send) = (store, late, send)
        }
    }

    public let testDescription: String
    public let check: @Sendable (Setting) async throws -> Void

    init(_ promise: String, check: @escaping @Sendable (Setting) async throws -> Void) {
        (testDescription, self.check) = (promise, check)
    }

    private static let hour = Duration.seconds(3600)
    private static let attributes = ObjectAttributes(
        contentType: "audio/wav", cacheControl: "private, max-age=3600", metadata: ["title": "Çà", "take": "7"])

    public static let all = [
        PresignedURLPromise("whoever has the URL reads the object, whole or in part") { setting in
            for name in ["take.wav", "a b/ü+%41&=?#.wav", "日本/曲"] {
                let (key, bytes) = (try ObjectKey(name), pattern(1000, seed: name.utf8.count))
                try await setting.store.put(bytes, at: key)
                let request = try await setting.store.presign(.get(), to: key, expiresIn: hour)
                #expect(try await setting.send(request, []) == (200, bytes), "\(name)")
                let named = try await setting.store.presign(.get(downloadName: "Ü \"1\".wav"), to: key, expiresIn: hour)
                #expect(try await setting.send(named, []) == (200, bytes), "\(name)")
                let range = request.adding("Range", "bytes=10-19")
                #expect(try await setting.send(range, []) == (206, Array(bytes[10...19])))
            }
        },
        PresignedURLPromise("whoever has the URL puts the object that was agreed") { setting in
            let (key, bytes) = (try ObjectKey("pending/ü 1.wav"), pattern(5000))
            let access = PresignedAccess.put(size: bytes.count, attributes)
            let request = try await setting.store.presign(access, to: key, expiresIn: hour)
            #expect(try await setting.send(request, bytes).status == 200)
            let body = try await setting.store.get(key)
            #expect(body.info.attributes == attributes)
            #expect(try await body.stream.collected() == bytes)
        },
        PresignedURLPromise("another length or type than agreed is refused, and nothing is stored") { setting in
            let (key, bytes) = (try ObjectKey("pending/1.wav"), pattern(5000))
            let access = PresignedAccess.put(size: bytes.count, attributes)
            let request = try await setting.store.presign(access, to: key, expiresIn: hour)
            let wrong = [
                (request, bytes + [0]), (request, Array(bytes.dropLast())), (request, []),
                (request.adding("Content-Type", "text/html"), bytes),
            ]
            for (request, body) in wrong {
                let status = try await setting.send(request, body).status
                #expect((400..<500).contains(status), "\(status) for \(body.count) bytes")
                await #expect(throws: ObjectStoreError.notFound(key)) { try await setting.store.head(key) }
            }
        },
        PresignedURLPromise("a URL that only creates does not exchange what has arrived") { setting in
            let (key, bytes) = (try ObjectKey("pending/1.wav"), pattern(100))
            let access = PresignedAccess.create(size: bytes.count, attributes)
            let request = try await setting.store.presign(access, to: key, expiresIn: hour)
            #expect(try await setting.send(request, bytes).status == 200)
            let other = request.headers["If-None-Match"] == nil ? request : request.without("If-None-Match")
            for again in [request, other] {
                #expect((400..<500).contains(try await setting.send(again, bytes.reversed()).status))
            }
            #expect(try await setting.store.bytes("pending/1.wav") == bytes)
        },
        PresignedURLPromise("a URL is good for one method and one key") { setting in
            let (one, two) = (try ObjectKey("one.wav"), try ObjectKey("two.wav"))
            try await setting.store.put([1], at: one)
            try await setting.store.put([2], at: two)
            let read = try await setting.store.presign(.get(), to: one, expiresIn: hour)
            for request in [
                read.with(method: "PUT"), read.with(method: "DELETE"),
                read.with(url: read.url.replacing("one", with: "two")),
                read.with(url: read.url + "&x=1"), read.with(url: read.url.replacing("3600", with: "3601")),
            ] {
                #expect(
                    (400..<500).contains(try await setting.send(request, []).status), "\(request.method) \(request.url)"
                )
            }
            let write = try await setting.store.presign(.put(size: 0, ObjectAttributes()), to: one, expiresIn: hour)
            #expect((400..<500).contains(try await setting.send(write.with(method: "DELETE"), []).status))
            #expect(try await setting.store.bytes("one.wav") == [1])
            #expect(try await setting.store.bytes("two.wav") == [2])
        },
        PresignedURLPromise("a URL that is too old is refused") { setting in
            let key = try ObjectKey("take.wav")
            try await setting.store.put([1], at: key)
            let old = try await setting.late.presign(.get(), to: key, expiresIn: hour)
            #expect((400..<500).contains(try await setting.send(old, []).status))
            let lasting = try await setting.late.presign(.get(), to: key, expiresIn: .seconds(3 * 3600))
            #expect(try await setting.send(lasting, []) == (200, [1]))
            let put = try await setting.late.presign(.put(size: 1, ObjectAttributes()), to: key, expiresIn: hour)
            #expect((400..<500).contains(try await setting.send(put, [2]).status))
            #expect(try await setting.store.bytes("take.wav") == [1])
        },
        PresignedURLPromise("a URL lives 1 second to 7 days") { setting in
            let key = try ObjectKey("take.wav")
            for duration in [Duration.zero, .seconds(-1), .milliseconds(999), .seconds(604_801), .seconds(Int64.max)] {
                await #expect(throws: ObjectStoreError.self, "\(duration)") {
                    try await setting.store.presign(.get(), to: key, expiresIn: duration)
                }
            }
            for duration in [Duration.seconds(1), .seconds(604_800)] {
                let before = SystemClock().now()
                let request = try await setting.store.presign(.get(), to: key, expiresIn: duration)
                // A signature has whole seconds.
                #expect(request.expires > before + duration - .seconds(2))
                #expect(request.expires <= SystemClock().now() + duration)
            }
        },
    ]
}

extension PresignedRequest {
    fileprivate func with(method: String? = nil, url: String? = nil) -> PresignedRequest {
        PresignedRequest(method: method ?? self.method, url: url ?? self.url, headers: headers, expires: expires)
    }

    fileprivate func without(_ name: String) -> PresignedRequest {
        PresignedRequest(method: method, url: url, headers: headers.filter { $0.key != name }, expires: expires)
    }

    fileprivate func adding(_ name: String, _ value: String) -> PresignedRequest {
        PresignedRequest(
            method: method, url: url, headers: headers.merging([name: value]) { $1 }, expires: expires)
    }
}
