import Storage
import Testing

extension ObjectStorePromise {
    static let content = [
        ObjectStorePromise("a missing key is reported by name") { store in
            let key = try ObjectKey("takes/9.wav")
            await #expect(throws: ObjectStoreError.notFound(key)) { try await store.get(key) }
            await #expect(throws: ObjectStoreError.notFound(key)) { try await store.head(key) }
            await #expect(throws: ObjectStoreError.notFound(key)) {
                try await store.get(key, range: .from(0))
            }
            await #expect(throws: ObjectStoreError.notFound(key)) {
                try await store.copy(key, to: ObjectKey("takes/10.wav"), if: .always)
            }
        },
        ObjectStorePromise("what is put is got back, byte for byte, whatever its size") { store in
            for size in [0, 1, 15, 16, 17, 262_143, 262_144, 262_145, 1_000_003] {
                let (key, bytes) = (try ObjectKey("sizes/\(size)"), pattern(size))
                let put = try await store.put(bytes, at: key)
                let body = try await store.get(key)
                #expect(body.range == 0..<size)
                #expect(body.info == put)
                #expect(try await store.head(key) == put)
                #expect((put.key, put.size) == (key, size))
                #expect(try await body.stream.collected() == bytes, "\(size) bytes")
            }
        },
        ObjectStorePromise("how a body is cut into chunks does not matter") { store in
            let bytes = pattern(700_001)
            for size in [999, 65_536, 700_001] {
                let body = ByteStream.pieces(of: bytes, by: size)
                let put = try await store.put(body, at: ObjectKey("take"), ObjectAttributes(), if: .always)
                #expect(put.size == bytes.count)
                #expect(try await store.bytes("take") == bytes)
            }
        },
        ObjectStorePromise("bytes that look like the store's own marks are only bytes") { store in
            let marks = Array("{\"key\":\"a\"}".utf8) + [0, 0, 0, 0, 0, 0, 0, 11] + Array("WAXWING1".utf8)
            try await store.put(marks, at: "marks")
            #expect(try await store.bytes("marks") == marks)
        },
        ObjectStorePromise("a body that breaks off leaves nothing, and its own error is told") { store in
            let key = try ObjectKey("broken")
            for size in [0, 10, 600_000] {
                let body = ByteStream.pieces(of: pattern(size), by: 200_000, then: LineDropped())
                await #expect(throws: ObjectStoreError.bodyFailed(LineDropped())) {
                    try await store.put(body, at: key, ObjectAttributes(), if: .always)
                }
                await #expect(throws: ObjectStoreError.notFound(key)) { try await store.head(key) }
            }
            #expect(try await store.keys().isEmpty)
        },
        ObjectStorePromise("an error of another store in the body is the body's, not this store's") { store in
            let cause = ObjectStoreError.corrupted(try ObjectKey("elsewhere"))
            let body = ByteStream.pieces(of: [1, 2, 3], by: 1, then: cause)
            await #expect(throws: ObjectStoreError.bodyFailed(cause)) {
                try await store.put(body, at: ObjectKey("broken"), ObjectAttributes(), if: .always)
            }
        },
        ObjectStorePromise("attributes are kept as they were given") { store in
            let attributes = ObjectAttributes(
                contentType: "audio/wav; q=\"1\"", cacheControl: "private, max-age=60",
                metadata: ["title": "Çà et là 🎧\n\"x\"", "empty": "", "e\u{301}": "1"])
            try await store.put([1], at: ObjectKey("named"), attributes)
            #expect(try await store.head(ObjectKey("named")).attributes == attributes)
            #expect(try await store.get(ObjectKey("named")).info.attributes == attributes)
            #expect(try await store.list(prefix: "named", after: nil, limit: 1).objects.first?.attributes == attributes)
            try await store.put([1], at: "named")
            #expect(try await store.head(ObjectKey("named")).attributes == ObjectAttributes())
        },
        ObjectStorePromise("deleting removes, and deleting again succeeds") { store in
            let key = try ObjectKey("takes/1.wav")
            try await store.put([1], at: key)
            try await store.put([2], at: "takes/1.wav/peaks")
            try await store.delete(key)
            try await store.delete(key)
            try await store.delete(ObjectKey("never/was"))
            await #expect(throws: ObjectStoreError.notFound(key)) { try await store.get(key) }
            #expect(try await store.keys() == ["takes/1.wav/peaks"])
            try await store.put([3], at: key)
            #expect(try await store.bytes("takes/1.wav") == [3])
        },
        ObjectStorePromise("a copy has the bytes and attributes of its source, and a life of its own") { store in
            let (source, target) = (try ObjectKey("from"), try ObjectKey("to/here"))
            let attributes = ObjectAttributes(contentType: "audio/flac", metadata: ["take": "7"])
            let bytes = pattern(300_000)
            try await store.put(bytes, at: source, attributes)
            let copy = try await store.copy(source, to: target, if: .always)
            #expect((copy.key, copy.size, copy.attributes) == (target, bytes.count, attributes))
            try await store.delete(source)
            #expect(try await store.bytes("to/here") == bytes)
            #expect(try await store.copy(target, to: target, if: .always).size == bytes.count)
            #expect(try await store.bytes("to/here") == bytes)
        },
    ]
}

struct LineDropped: Error {}
