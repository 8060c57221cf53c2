import Foundation
import Storage
import StorageTestKit
import Testing

@testable import StorageS3

/// The connection breaks once, at each request of a scenario in turn: before, while and after the server worked.
@Suite(
    .enabled(if: S3Server.endpoint != nil, "\(S3Server.hint)"), .serialized, .timeLimit(.minutes(Rounds.minutes)))
struct S3LossTests {
    private let long = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 9) }

    /// Everything the store does, each result checked.
    private func scenario(_ store: S3ObjectStore) async throws {
        let (one, two, big) = (try ObjectKey("one"), try ObjectKey("two"), try ObjectKey("big"))
        let first = try await store.put(ByteStream([1]), at: one, ObjectAttributes(), if: .absent)
        let second = try await store.put(
            ByteStream([1, 2]), at: one, ObjectAttributes(), if: .matches(etag: first.etag))
        #expect(try await store.head(one) == second)
        #expect(try await store.copy(one, to: two, if: .always).size == 2)
        #expect(try await store.copy(one, to: ObjectKey("three"), if: .absent).size == 2)
        let put = try await store.put(long, at: big)
        #expect(try await store.head(big) == put)
        #expect(try await store.get(big).stream.collected() == long)
        #expect(try await store.get(one).stream.collected() == [1, 2])
        #expect(
            try await store.list(prefix: "", after: nil, limit: 10).objects.map(\.key.text) == [
                "big", "one", "three", "two",
            ])
        try await store.delete(two)
        await #expect(throws: ObjectStoreError.notFound(two)) { try await store.head(two) }
    }

    @Test(arguments: LossyProxy.Loss.allCases)
    func `one lost request or answer, wherever it is, changes no result and leaves nothing`(
        loss: LossyProxy.Loss
    ) async throws {
        let endpoint = try #require(S3Server.endpoint.flatMap(URL.init(string:)))
        let port = try #require(endpoint.port)
        var (number, isBeyond) = (1, false)
        while !isBeyond {
            try await LossyProxy.run(to: port, losing: loss, at: number) { port, requests in
                var configuration = try S3Server.configuration(endpoint: "http://127.0.0.1:\(port)")
                (configuration.memoryLimit, configuration.partSize) = (1000, 1000)
                // The order of the parts is that of their numbers: each run loses another request.
                configuration.parallelParts = 1
                configuration.retries = S3RetryPolicy(attempts: 4, base: .milliseconds(1), cap: .milliseconds(10))
                let store = S3ObjectStore(configuration)
                try await store.createBucket()
                try await scenario(store)
                let late = SystemClock().now() + .seconds(86_400)
                let left = try await store.abortUploads(prefix: "", begunBefore: late)
                // One whose start was lost: it has no parts, and nobody else knows of it.
                #expect(left.count <= 1, "request \(number)")
                for upload in left {
                    await #expect(throws: ObjectStoreError.self) { try await store.parts(of: upload) }
                }
                #expect(try await store.uploads(prefix: "").isEmpty)
                isBeyond = requests.value < number
            }
            number += 1
        }
        #expect(number > 20)
    }
}
