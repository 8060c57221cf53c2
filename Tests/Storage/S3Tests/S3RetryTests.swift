import NIOHTTP1
import Storage
import StorageTestKit
import Synchronization
import Testing

@testable import StorageS3

@Suite struct S3RetryPolicyTests {
    @Test(arguments: zip(1...8, [100, 200, 400, 800, 1600, 3200, 6400, 10_000]))
    func `each failure doubles the longest wait, up to the cap`(failure: Int, ceiling: Int) {
        #expect(S3RetryPolicy().ceiling(after: failure) == .milliseconds(ceiling))
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `a wait is anything up to the longest, and at least what the server asked for`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let policy = S3RetryPolicy()
        let waits = (0..<200).map { _ in policy.wait(after: 3, asked: nil, using: &random) }
        #expect(waits.allSatisfy { $0 >= .zero && $0 <= .milliseconds(400) })
        #expect(waits.contains { $0 < .milliseconds(100) } && waits.contains { $0 > .milliseconds(300) })
        #expect(policy.wait(after: 1, asked: .seconds(3), using: &random) == .seconds(3))
        #expect(policy.wait(after: 1, asked: .seconds(3000), using: &random) == policy.cap)
        #expect(policy.wait(after: .max, asked: nil, using: &random) <= policy.cap)
    }
}

@Suite(.timeLimit(.minutes(30))) struct S3RetryTests {
    private let key: ObjectKey
    private let object = [("ETag", "\"tag\""), ("Last-Modified", "Sat, 21 Nov 2026 04:30:20 GMT")]

    init() throws {
        key = try ObjectKey("take")
    }

    @Test(arguments: [
        ScriptedServer.Reply.error(503, "SlowDown"), .error(500, "InternalError"), .answer(502), .answer(504),
        .answer(429), .error(400, "RequestTimeout"), .drop,
    ])
    func `what may succeed later is sent again, signed anew`(reply: ScriptedServer.Reply) async throws {
        let clock = ManualClock()
        try await ScriptedServer.run([reply, reply, .answer(200, object, "abc")], clock: clock) {
            store, calls async throws in
            #expect(try await store.get(key).stream.collected() == Array("abc".utf8))
            #expect(calls().count == 3)
            #expect(calls().allSatisfy { $0.method == "GET" && $0.uri == "/takes/take" })
        }
    }

    @Test func `after the last attempt the reason is told`() async throws {
        try await ScriptedServer.run([.error(503, "SlowDown")]) { store, calls async throws in
            await #expect(throws: ObjectStoreError.unavailable("503 SlowDown")) { try await store.put([1], at: key) }
            #expect(calls().count == 4)
        }
    }

    @Test func `nobody at the endpoint is told as such`() async throws {
        var configuration = try S3Configuration(
            endpoint: S3Endpoint("http://127.0.0.1:1"), region: "auto", bucket: "takes",
            credentials: S3Credentials(accessKeyID: "me", secretAccessKey: "hidden"))
        configuration.retries = S3RetryPolicy(attempts: 2, base: .milliseconds(1))
        let store = S3ObjectStore(configuration)
        do throws(ObjectStoreError) {
            _ = try await store.head(key)
            Issue.record("somebody answered")
        } catch {
            guard case .unavailable = error else { Issue.record("\(error)"); return }
            #expect(!"\(error)".contains("hidden"))
        }
    }

    @Test(arguments: [
        (403, "AccessDenied"), (403, "SignatureDoesNotMatch"), (400, "InvalidRequest"), (403, "InvalidAccessKeyId"),
        (405, "MethodNotAllowed"), (301, "PermanentRedirect"),
    ])
    func `what will be refused again is sent once`(status: Int, code: String) async throws {
        try await ScriptedServer.run([.error(status, code)]) { store, calls async throws in
            do throws(ObjectStoreError) {
                _ = try await store.put([1], at: key)
                Issue.record("it was accepted")
            } catch {
                guard case .refused(let reason) = error else { Issue.record("\(error)"); return }
                #expect(reason.contains(code))
            }
            #expect(calls().count == 1)
        }
    }

    @Test func `a bucket elsewhere is told with its region`() async throws {
        let reply = ScriptedServer.Reply.error(400, "AuthorizationHeaderMalformed", "<Region>eu-west-1</Region>")
        try await ScriptedServer.run([reply]) { store, _ async throws in
            await #expect(
                throws: ObjectStoreError.refused(
                    "AuthorizationHeaderMalformed: the bucket is in region 'eu-west-1': correct S3_REGION or S3_ENDPOINT"
                )
            ) { try await store.put([1], at: key) }
        }
    }

    @Test(arguments: [
        ("Thu, 01 Jan 2026 00:20:03 GMT", "20 min 3 s behind"), ("Wed, 31 Dec 2025 21:00:00 GMT", "3 h 0 min ahead of"),
    ])
    func `a clock that differs is told, and by how much`(date: String, words: String) async throws {
        let reply = ScriptedServer.Reply.answer(
            403, [("Date", date)], "<Error><Code>RequestTimeTooSkewed</Code></Error>")
        try await ScriptedServer.run([reply]) { store, calls async throws in
            await #expect(
                throws: ObjectStoreError.refused("this machine's clock is \(words) the server's: set it")
            ) { try await store.get(key) }
            #expect(calls().count == 1)
        }
    }

    @Test func `a reading whose connection breaks goes on with the rest of the same version`() async throws {
        let rest = object + [("Content-Range", "bytes 3-5/6")]
        let replies: [ScriptedServer.Reply] = [
            .cut(200, object, "abc", promised: 6), .error(503, "SlowDown"), .answer(206, rest, "def"),
        ]
        try await ScriptedServer.run(replies) { store, calls async throws in
            #expect(try await store.get(key).stream.collected() == Array("abcdef".utf8))
            #expect(calls().last?.headers.first(name: "Range") == "bytes=3-5")
        }
    }

    @Test func `a server that says nothing is given up and asked again`() async throws {
        let rest = object + [("Content-Range", "bytes 3-5/6")]
        let replies: [ScriptedServer.Reply] = [
            .silence, .stall(200, object, "abc", promised: 6), .answer(206, rest, "def"),
        ]
        // The honest answers have as long.
        try await ScriptedServer.run(replies, { $0.answerTimeout = .seconds(20) }) { store, calls async throws in
            #expect(try await store.get(key).stream.collected() == Array("abcdef".utf8))
            #expect(calls().count == 3)
        }
    }

    @Test func `a reading never goes on with another version`() async throws {
        let other = [("ETag", "\"other\""), ("Content-Range", "bytes 3-5/6")]
        let replies: [ScriptedServer.Reply] = [.cut(200, object, "abc", promised: 6), .answer(206, other, "xyz")]
        try await ScriptedServer.run(replies) { store, _ async throws in
            let body = try await store.get(key)
            await #expect(throws: ObjectStoreError.self) { try await body.stream.collected() }
        }
    }

    @Test func `a conditional put that won although its answer was lost is told as won`() async throws {
        let mark = Mutex("")
        try await ScriptedServer.run([.drop, .error(412, "PreconditionFailed"), .answer(404)]) {
            store, calls async throws in
            // Somebody else's object: the mark is not ours.
            await #expect(throws: ObjectStoreError.conditionFailed(key)) {
                try await store.put(ByteStream([1]), at: key, ObjectAttributes(), if: .absent)
            }
            mark.withLock { $0 = calls().first?.headers.first(name: "x-amz-meta-waxwing-put") ?? "" }
            #expect(calls().map(\.method) == ["PUT", "PUT", "HEAD"])
            // The same mark each time, so that the server's answer can be compared with it.
            #expect(calls()[1].headers.first(name: "x-amz-meta-waxwing-put") == mark.withLock { $0 })
        }
        #expect(!mark.withLock { $0 }.isEmpty)
    }

    @Test func `the start of an upload is sent again when its answer is lost`() async throws {
        let begun = "<InitiateMultipartUploadResult><UploadId>7</UploadId></InitiateMultipartUploadResult>"
        for lost in [ScriptedServer.Reply.drop, .error(503, "SlowDown"), .cut(200, [], "<Init", promised: 80)] {
            try await ScriptedServer.run([lost, .answer(200, [], begun)]) { store, calls async throws in
                #expect(try await store.beginUpload(at: key, ObjectAttributes()).id == "7")
                #expect(calls().count == 2)
            }
        }
    }

    @Test func `a completion that answers 200 with an error inside is sent again`() async throws {
        let done = "  <CompleteMultipartUploadResult><ETag>\"e-1\"</ETag></CompleteMultipartUploadResult>"
        let replies: [ScriptedServer.Reply] = [
            .answer(200, [], "<Error><Code>InternalError</Code></Error>"), .answer(200, [], done),
            .answer(200, [("ETag", "\"e-1\""), ("Content-Length", "3")]),
        ]
        let upload = MultipartUpload(key: key, id: "7", begun: Timestamp(milliseconds: 0))
        let part = UploadedPart(number: 1, size: 3, etag: "ab")
        try await ScriptedServer.run(replies) { store, calls async throws in
            #expect(try await store.complete(upload, [part]).etag == "e-1")
            #expect(calls().map(\.method) == ["POST", "POST", "HEAD"])
            #expect(String(decoding: calls()[0].body, as: UTF8.self).contains("&quot;ab&quot;"))
        }
        let refused: [ScriptedServer.Reply] = [.answer(200, [], "<Error><Code>AccessDenied</Code></Error>")]
        try await ScriptedServer.run(refused) { store, calls async throws in
            await #expect(throws: ObjectStoreError.self) { try await store.complete(upload, [part]) }
            #expect(calls().count == 1)
        }
    }

    @Test func `parts that fail for good take the upload with them`() async throws {
        let begun = "<InitiateMultipartUploadResult><UploadId>7</UploadId></InitiateMultipartUploadResult>"
        let replies: [ScriptedServer.Reply] = [.answer(200, [], begun), .error(403, "AccessDenied")]
        try await ScriptedServer.run(replies, { $0.memoryLimit = 10 }) { store, calls async throws in
            let bytes = Array(repeating: UInt8(1), count: 9 << 20)
            await #expect(throws: ObjectStoreError.self) { try await store.put(bytes, at: key) }
            // A part that was on its way when the other failed may come in after it.
            let abortions = calls().filter { $0.method == "DELETE" }
            #expect(abortions.map(\.uri) == ["/takes/take?uploadId=7"])
        }
    }

    @Test(arguments: ["", "<a>", "not XML", "<Other/>", "<ListBucketResult></ListBucketResult>"])
    func `an answer that is not S3's is told as such`(text: String) async throws {
        try await ScriptedServer.run([.answer(200, [], text)]) { store, _ async throws in
            await #expect(throws: ObjectStoreError.self) { try await store.list(prefix: "", after: nil, limit: 10) }
        }
    }

    @Test func `an entity tag that is none goes into no header`() async throws {
        try await ScriptedServer.run([.answer(200, object)]) { store, calls async throws in
            for etag in ["", "a\r\nX-Evil: 1", "\"", "ü", "a b"] {
                await #expect(throws: ObjectStoreError.conditionFailed(key)) {
                    try await store.put(ByteStream([1]), at: key, ObjectAttributes(), if: .matches(etag: etag))
                }
            }
            #expect(calls().isEmpty)
        }
    }

    @Test func `secrets stand in no request but as signatures`() async throws {
        try await ScriptedServer.run([.answer(200, object)]) { store, calls async throws in
            try await store.put([1], at: key)
            let call = try #require(calls().first)
            #expect(!"\(call.headers)\(call.uri)".contains("hidden"))
            #expect(call.headers.first(name: "authorization")?.hasPrefix("AWS4-HMAC-SHA256 Credential=me/") == true)
            #expect(!call.headers.contains(name: "Expect"))
        }
    }
}
