import Storage
import Testing

/// One thing every store promises to which objects come in parts, and how it is checked.
public struct MultipartPromise: Sendable, CustomTestStringConvertible {
    public let testDescription: String
    /// Takes a store without objects and uploads, and reports what is not kept through Swift Testing.
    public let check: @Sendable (any MultipartUploading) async throws -> Void

    init(_ promise: String, check: @escaping @Sendable (any MultipartUploading) async throws -> Void) {
        (testDescription, self.check) = (promise, check)
    }

    public static let all = [
        MultipartPromise("parts make one object in the order of their numbers, whatever the order they came in") {
            store in
            let key = try ObjectKey("song")
            let pieces = store.pieces(3)
            let attributes = ObjectAttributes(contentType: "audio/flac", metadata: ["title": "Çà\n", "take": "7"])
            let upload = try await store.beginUpload(at: key, attributes)
            var parts: [UploadedPart] = []
            for index in [2, 0, 1] {
                parts.append(try await store.uploadPart(index * 5 + 1, pieces[index], of: upload))
            }
            #expect(parts.map(\.size) == [2, 0, 1].map { pieces[$0].count })
            await #expect(throws: ObjectStoreError.notFound(key)) { try await store.head(key) }
            let info = try await store.complete(upload, parts.sorted { $0.number < $1.number })
            #expect((info.key, info.size, info.attributes) == (key, pieces.joined().count, attributes))
            #expect(try await store.head(key) == info)
            #expect(try await store.bytes("song") == Array(pieces.joined()))
            #expect(try await store.uploads(prefix: "").isEmpty)
        },
        MultipartPromise("a part sent again replaces the one before") { store in
            let pieces = store.pieces(2)
            let upload = try await store.beginUpload(at: ObjectKey("song"), ObjectAttributes())
            _ = try await store.uploadPart(1, pieces[0].reversed(), of: upload)
            let parts = [
                try await store.uploadPart(1, pieces[0], of: upload),
                try await store.uploadPart(2, pieces[1], of: upload),
            ]
            _ = try await store.complete(upload, parts)
            #expect(try await store.bytes("song") == Array(pieces.joined()))
        },
        MultipartPromise("what has arrived is known, so that an upload goes on where it stopped") { store in
            let pieces = store.pieces(3)
            let upload = try await store.beginUpload(at: ObjectKey("song"), ObjectAttributes())
            #expect(try await store.parts(of: upload).isEmpty)
            let sent = [
                try await store.uploadPart(3, pieces[2], of: upload),
                try await store.uploadPart(1, pieces[0], of: upload),
            ]
            // As another process sees it, which knows only what the store tells.
            let found = try #require(try await store.uploads(prefix: "so").first)
            #expect((found.key, found.id) == (upload.key, upload.id))
            #expect(try await store.parts(of: found) == sent.reversed())
            let rest = try await store.uploadPart(2, pieces[1], of: found)
            let parts = [sent[1], rest, sent[0]]
            #expect(try await store.parts(of: found) == parts)
            _ = try await store.complete(found, parts)
            #expect(try await store.bytes("song") == Array(pieces.joined()))
        },
        MultipartPromise("completing again gives the same answer") { store in
            let pieces = store.pieces(2)
            let upload = try await store.beginUpload(at: ObjectKey("song"), ObjectAttributes())
            var parts: [UploadedPart] = []
            for (index, piece) in pieces.enumerated() {
                parts.append(try await store.uploadPart(index + 1, piece, of: upload))
            }
            let first = try await store.complete(upload, parts)
            #expect(try await store.complete(upload, parts) == first)
            #expect(try await store.bytes("song") == Array(pieces.joined()))
        },
        MultipartPromise("a missing, changed or too small part is refused, and nothing is seen") { store in
            let key = try ObjectKey("song")
            let pieces = store.pieces(2)
            let upload = try await store.beginUpload(at: key, ObjectAttributes())
            let first = try await store.uploadPart(1, pieces[0], of: upload)
            let small = try await store.uploadPart(2, [1, 2, 3], of: upload)
            let last = try await store.uploadPart(3, [4], of: upload)
            let wrong = [
                [], [first, UploadedPart(number: 7, size: 1, etag: last.etag)], [last, first],
                [UploadedPart(number: 1, size: first.size, etag: last.etag)], [first, small, last],
            ]
            for parts in wrong {
                await #expect(throws: ObjectStoreError.self, "\(parts.map(\.number))") {
                    try await store.complete(upload, parts)
                }
                await #expect(throws: ObjectStoreError.notFound(key)) { try await store.head(key) }
            }
            for number in [0, -1, 10_001] {
                await #expect(throws: ObjectStoreError.self) { try await store.uploadPart(number, [1], of: upload) }
            }
            // It is not spoiled by that.
            let second = try await store.uploadPart(2, pieces[0], of: upload)
            let info = try await store.complete(upload, [first, second, last])
            #expect(info.size == pieces[0].count * 2 + 1)
        },
        MultipartPromise("a part whose body breaks off has not arrived") { store in
            let upload = try await store.beginUpload(at: ObjectKey("song"), ObjectAttributes())
            let broken = ByteStream.pieces(of: pattern(1000), by: 300, then: LineDropped())
            await #expect(throws: ObjectStoreError.bodyFailed(LineDropped())) {
                try await store.uploadPart(1, broken, of: upload)
            }
            #expect(try await store.parts(of: upload).isEmpty)
            let whole = ByteStream.pieces(of: pattern(1000), by: 300)
            let part = try await store.uploadPart(1, whole, of: upload)
            #expect((part.number, part.size) == (1, 1000))
            #expect(try await store.complete(upload, [part]).size == 1000)
            #expect(try await store.bytes("song") == pattern(1000))
        },
        MultipartPromise("of those who complete at once, all get the answer of one") { store in
            let upload = try await store.beginUpload(at: ObjectKey("song"), ObjectAttributes())
            let part = try await store.uploadPart(1, pattern(1000), of: upload)
            let answers = try await withThrowingTaskGroup(of: ObjectInfo.self) { group in
                for _ in 0..<8 { group.addTask { try await store.complete(upload, [part]) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.allSatisfy { $0.etag == answers[0].etag && $0.size == 1000 })
            #expect(try await store.uploads(prefix: "").isEmpty)
        },
        MultipartPromise("an aborted upload is gone with its parts, and aborting again succeeds") { store in
            let key = try ObjectKey("song")
            let upload = try await store.beginUpload(at: key, ObjectAttributes())
            let part = try await store.uploadPart(1, [1], of: upload)
            try await store.abort(upload)
            try await store.abort(upload)
            #expect(try await store.uploads(prefix: "").isEmpty)
            await #expect(throws: ObjectStoreError.self) { try await store.parts(of: upload) }
            await #expect(throws: ObjectStoreError.self) { try await store.uploadPart(2, [1], of: upload) }
            await #expect(throws: ObjectStoreError.self) { try await store.complete(upload, [part]) }
            await #expect(throws: ObjectStoreError.notFound(key)) { try await store.head(key) }
        },
        MultipartPromise("an upload left at any step leaves nothing after a sweep") { store in
            let pieces = store.pieces(2)
            let steps = 4
            for reached in 1...steps {
                let key = try ObjectKey("left/\(reached)")
                let upload = try await store.beginUpload(at: key, ObjectAttributes())
                var parts: [UploadedPart] = []
                if reached >= 2 { parts.append(try await store.uploadPart(1, pieces[0], of: upload)) }
                if reached >= 3 { parts.append(try await store.uploadPart(2, pieces[1], of: upload)) }
                if reached >= 4 { _ = try await store.complete(upload, parts) }
            }
            #expect(try await store.uploads(prefix: "left/").map(\.key.text) == ["left/1", "left/2", "left/3"])
            #expect(try await store.uploads(prefix: "other/").isEmpty)
            let early = Timestamp(milliseconds: 0)
            #expect(try await store.abortUploads(prefix: "left/", begunBefore: early).isEmpty)
            let late = SystemClock().now() + .seconds(86_400)
            #expect(try await store.abortUploads(prefix: "left/", begunBefore: late).count == 3)
            #expect(try await store.uploads(prefix: "").isEmpty)
            #expect(try await store.keys() == ["left/4"])
        },
    ]
}

extension MultipartUploading {
    /// `count` parts as short as allowed, the last shorter.
    fileprivate func pieces(_ count: Int) -> [[UInt8]] {
        (0..<count).map { pattern($0 < count - 1 ? partSizes.lowerBound + $0 : 1000, seed: $0) }
    }
}
