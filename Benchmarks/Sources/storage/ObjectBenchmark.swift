import Figures
import Foundation
import SeededRandom
import Storage
import StorageS3

/// Objects of one size into a store and out again, one after the other.
enum ObjectBenchmark {
    private struct Times: Encodable {
        /// Seconds of each.
        var put: [Double] = []
        var get: [Double] = []
    }

    /// - Parameter place: a folder, or `s3`.
    static func run(size: Int, count: Int, in place: String) async throws {
        let store = try await store(place)
        let chunk = chunk(of: min(size, 256 << 10))
        var times = Times()
        for number in 0..<count {
            let key = try ObjectKey("bench/\(size)/\(number % 8)")
            times.put.append(
                try await seconds {
                    let rest = Rest(chunk, times: size / chunk.count)
                    _ = try await store.put(
                        ByteStream(pull: { await rest.next() }), at: key, ObjectAttributes(), if: .always)
                })
            times.get.append(
                try await seconds {
                    var got = 0
                    for try await chunk in try await store.get(key).stream { got += chunk.count }
                    precondition(got == size, "\(got) of \(size) bytes came back")
                })
        }
        try report(times)
    }

    private static func store(_ place: String) async throws -> any ObjectStore {
        guard place == "s3" else { return try LocalObjectStore(folder: place) }
        let store = S3ObjectStore(try S3Configuration(environment: ProcessInfo.processInfo.environment))
        try await store.createBucket()
        return store
    }

    private static func chunk(of size: Int) -> [UInt8] {
        var random = SplitMix64(seed: 1)
        return (0..<size).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    }

    private static func seconds(_ work: () async throws -> Void) async rethrows -> Double {
        try await ContinuousClock().measure(work) / .seconds(1)
    }
}

/// The same chunk over and over, so that the body of a big object takes no memory.
private actor Rest {
    private let chunk: [UInt8]
    private var times: Int

    init(_ chunk: [UInt8], times: Int) { (self.chunk, self.times) = (chunk, times) }

    func next() -> [UInt8]? {
        guard times > 0 else { return nil }
        times -= 1
        return chunk
    }
}
