import Foundation
import NIOHTTP1
import Storage
import StorageTestKit
import Testing

@testable import StorageS3

@Suite(.enabled(if: S3Server.endpoint != nil, "\(S3Server.hint)"), .timeLimit(.minutes(30)))
struct S3ObjectStoreTests {
    @Test(arguments: ObjectStorePromise.all)
    func `keeps every promise`(_ promise: ObjectStorePromise) async throws {
        try await promise.check(S3Server.store())
    }

    /// Every body but the shortest is kept on the disk and sent in one piece or in parts.
    @Test(arguments: ObjectStorePromise.all)
    func `keeps every promise with next to no memory`(_ promise: ObjectStorePromise) async throws {
        try await promise.check(S3Server.store { ($0.memoryLimit, $0.partSize) = (16, 5 << 20) })
    }

    @Test(arguments: MultipartPromise.all)
    func `keeps every promise about parts`(_ promise: MultipartPromise) async throws {
        try await promise.check(S3Server.store())
    }

    @Test(arguments: PresignedURLPromise.all)
    func `keeps every promise about signed URLs`(_ promise: PresignedURLPromise) async throws {
        let store = try await S3Server.store()
        let clock = ManualClock(SystemClock().now() - .seconds(7200))
        let late = S3ObjectStore(store.configuration, clock: clock)
        try await promise.check(.init(store: store, late: late, send: S3Server.send))
    }

    @Test func `a part can be sent by whoever has its URL`() async throws {
        let store = try await S3Server.store()
        let upload = try await store.beginUpload(at: ObjectKey("song"), ObjectAttributes())
        let request = try await store.presign(part: 1, size: 3, of: upload, expiresIn: .seconds(3600))
        #expect(try await S3Server.send(request, [1, 2]).status == 403)
        #expect(try await S3Server.send(request, [1, 2, 3]).status == 200)
        let info = try await store.complete(upload, store.parts(of: upload))
        #expect(info.size == 3)
    }

    @Test func `a copy of what came by a link keeps the SHA-256 of the one who read it`() async throws {
        let store = try await S3Server.store()
        let (key, target) = (try ObjectKey("sent"), try ObjectKey("kept"))
        let request = try await store.presign(.create(size: 3, ObjectAttributes()), to: key, expiresIn: .seconds(3600))
        #expect(try await S3Server.send(request, [1, 2, 3]).status == 200)
        #expect(try await store.headers(of: key).headers.sha256 == nil)
        let (read, sum) = (try await store.head(key), Checksum.sha256("\u{1}\u{2}\u{3}"))
        #expect(try await store.copy(read, sha256: sum, to: target).size == 3)
        #expect(try await store.headers(of: target).headers.sha256 == sum)
        #expect(try await store.get(target).stream.collected() == [1, 2, 3])
        let kept = try await store.head(target)
        await #expect(throws: ObjectStoreError.corrupted(target)) {
            try await store.copy(kept, sha256: Checksum.sha256("other"), to: key)
        }
        try await store.put([4], at: key)
        await #expect(throws: ObjectStoreError.conditionFailed(key)) {
            try await store.copy(read, sha256: sum, to: target)
        }
    }

    @Test func `keys, ranges and lists work in virtual-host style too`() async throws {
        let endpoint = try #require(S3Server.endpoint.flatMap(URL.init(string:)))
        let port = try #require(endpoint.port)
        let bucket = "test-\(UUID().uuidString.lowercased())"
        let configuration = try S3Server.configuration(
            endpoint: "http://localhost:\(port)", bucket: bucket, addressing: .virtualHost)
        let store = S3ObjectStore(
            configuration, clock: SystemClock(), dns: ["\(bucket).localhost": "127.0.0.1"])
        try await store.createBucket()
        let key = try ObjectKey("a b/ü+%41.wav")
        let put = try await store.put([1, 2, 3], at: key)
        #expect(try await store.get(key, range: .suffix(2)).stream.collected() == [2, 3])
        #expect(try await store.list(prefix: "a", after: nil, limit: 5).objects == [put])
    }

    @Test func `of 100 who create a key at once, exactly one does, round after round`() async throws {
        let store = try await S3Server.store { $0.connections = 100 }
        for round in 0..<10 {
            let key = try ObjectKey("claims/\(round)")
            let winners = try await withThrowingTaskGroup(of: UInt8?.self) { group in
                for number in UInt8(0)..<100 {
                    group.addTask {
                        do {
                            _ = try await store.put(ByteStream([number]), at: key, ObjectAttributes(), if: .absent)
                            return number
                        } catch ObjectStoreError.conditionFailed(key) {
                            return nil
                        }
                    }
                }
                return try await group.reduce(into: []) { winners, winner in winners += winner.map { [$0] } ?? [] }
            }
            #expect(winners.count == 1)
            #expect(try await store.get(key).stream.collected() == winners)
        }
    }

    @Test func `a body longer than memory is sent in parts, and is whole again`() async throws {
        let store = try await S3Server.store { ($0.memoryLimit, $0.partSize) = (1 << 20, 5 << 20) }
        let bytes = (0..<((5 << 20) * 3 + 12_345)).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 9) }
        let key = try ObjectKey("long")
        let put = try await store.put(bytes, at: key, ObjectAttributes(metadata: ["ü": ""]))
        #expect(put.etag.hasSuffix("-4"))
        #expect(try await store.head(key) == put)
        #expect(try await store.headers(of: key).headers.sha256 != nil)
        #expect(try await store.get(key).stream.collected() == bytes)
        #expect(try await store.uploads(prefix: "").isEmpty)
        let range = 5_000_000..<6_000_000
        let piece = try await store.get(key, range: .closed(range.lowerBound, range.upperBound - 1))
        #expect(try await piece.stream.collected() == Array(bytes[range]))
    }

    @Test func `an object too long for one copy is copied by ranges, one with a condition through here`() async throws {
        let store = try await S3Server.store {
            ($0.memoryLimit, $0.partSize, $0.singleLimit) = (1 << 20, 5 << 20, 8 << 20)
        }
        let bytes = (0..<(11 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 7 ^ $0 >> 11) }
        let (source, target) = (try ObjectKey("from ü+"), try ObjectKey("to"))
        let attributes = ObjectAttributes(contentType: "audio/flac", metadata: ["Ü": "1"])
        try await store.put(bytes, at: source, attributes)
        let copy = try await store.copy(source, to: target, if: .always)
        #expect((copy.size, copy.attributes) == (bytes.count, attributes))
        #expect(try await store.head(target) == copy)
        #expect(try await store.get(target).stream.collected() == bytes)
        #expect(try await store.uploads(prefix: "").isEmpty)

        let small = try await store.put(Array(bytes.prefix(2 << 20)), at: ObjectKey("small"), attributes)
        let through = try await store.copy(ObjectKey("small"), to: ObjectKey("through"), if: .absent)
        #expect((through.size, through.attributes) == (small.size, attributes))
        #expect(try await store.get(ObjectKey("through")).stream.collected() == Array(bytes.prefix(2 << 20)))
        let again = try await store.copy(ObjectKey("small"), to: ObjectKey("through"), if: .matches(etag: through.etag))
        #expect(again.size == small.size)
        let taken = ObjectStoreError.conditionFailed(try ObjectKey("through"))
        await #expect(throws: taken) {
            try await store.copy(ObjectKey("small"), to: ObjectKey("through"), if: .absent)
        }
    }

    @Test func `damage is found when an object is read whole, before its last bytes are given`() async throws {
        let store = try await S3Server.store()
        let key = try ObjectKey("take")
        let bytes = Array(repeating: UInt8(7), count: 300_000)
        try await store.put(bytes, at: key)
        let right = try await store.headers(of: key)
        // Other bytes under the same checksum, as a failing disk would give.
        var request = S3Request("PUT", key)
        request.headers = right.headers.fields
        request.body = .bytes([8] + bytes.dropFirst())
        _ = try await store.client.exchange(request)
        let body = try await store.get(key)
        var seen = 0
        await #expect(throws: ObjectStoreError.corrupted(key)) {
            for try await chunk in body.stream { seen += chunk.count }
        }
        #expect(seen < bytes.count)
        #expect(try await store.get(key, range: .from(1)).stream.collected() == Array(bytes.dropFirst()))
    }

    @Test func `wrong secrets, keys and buckets are named, and no secret is`() async throws {
        let right = try await S3Server.store().configuration
        let key = try ObjectKey("take")
        var wrongSecret = right
        wrongSecret.credentials = S3Credentials(
            accessKeyID: right.credentials.accessKeyID, secretAccessKey: "not-the-secret")
        await #expect(throws: ObjectStoreError.refused("SignatureDoesNotMatch: check the secret access key")) {
            try await S3ObjectStore(wrongSecret).get(key)
        }
        await #expect(throws: ObjectStoreError.self) { try await S3ObjectStore(wrongSecret).head(key) }
        var wrongKey = right
        wrongKey.credentials = S3Credentials(accessKeyID: "nobody", secretAccessKey: "not-the-secret")
        await #expect(throws: ObjectStoreError.refused("InvalidAccessKeyId: check the access key ID")) {
            try await S3ObjectStore(wrongKey).put([1], at: key)
        }
        let missing = try S3Server.configuration(bucket: "test-not-there")
        await #expect(
            throws: ObjectStoreError.refused(
                "there is no bucket 'test-not-there': create it, or correct S3_BUCKET")
        ) { try await S3ObjectStore(missing).put([1], at: key) }
        for text in ["\(wrongSecret)", "\(wrongSecret.credentials)", String(reflecting: wrongSecret)] {
            #expect(!text.contains("not-the-secret"))
        }
    }

    @Test(arguments: [7200, -7200])
    func `a wrong clock is named, and by how much`(seconds: Int) async throws {
        let configuration = try await S3Server.store().configuration
        let clock = ManualClock(SystemClock().now() + .seconds(seconds))
        let store = S3ObjectStore(configuration, clock: clock)
        do throws(ObjectStoreError) {
            _ = try await store.get(ObjectKey("take"))
            Issue.record("a request of another time was let in")
        } catch {
            let text = "\(error)"
            #expect(text.contains(seconds > 0 ? "ahead of" : "behind"), "\(text)")
            // Our clock stands still meanwhile.
            #expect(text.contains(seconds > 0 ? /1 h 5\d min|2 h 0 min/ : /1 h 59 min|2 h \d min/), "\(text)")
        }
    }

    @Test func `what did not come through here can be read, listed and copied`() async throws {
        let store = try await S3Server.store()
        var request = S3Request("PUT", try ObjectKey("foreign"))
        request.headers = [.init("Content-Type", "audio/wav"), .init("x-amz-meta-owner", "ada")]
        request.body = .bytes([1, 2, 3])
        _ = try await store.client.exchange(request)
        let info = try await store.head(ObjectKey("foreign"))
        #expect(info.attributes == ObjectAttributes(contentType: "audio/wav", metadata: ["owner": "ada"]))
        #expect(
            abs((SystemClock().now() - info.modified).components.seconds) < 3600, "of this time, not of another zone")
        #expect(try await store.get(ObjectKey("foreign")).stream.collected() == [1, 2, 3])
        let copy = try await store.copy(ObjectKey("foreign"), to: ObjectKey("copy"), if: .absent)
        #expect(copy.attributes == info.attributes)
        #expect(try await store.list(prefix: "", after: nil, limit: 10).objects == [copy, info])
    }

    @Test func `a signed body in chunks is let in by the server`() async throws {
        let store = try await S3Server.store()
        let bytes = (0..<700_000).map { UInt8(truncatingIfNeeded: $0) }
        var request = S3Request("PUT", try ObjectKey("chunked"))
        request.body = .chunked(size: bytes.count) { ByteStream(bytes) }
        _ = try await store.client.exchange(request)
        let answer = try await store.client.send(S3Request("GET", try ObjectKey("chunked")))
        #expect(answer.headers.first(name: "Content-Encoding") == nil, "how it came is no part of the object")
        #expect(try await answer.body.collected(atMost: 1 << 20) == bytes)
    }
}
