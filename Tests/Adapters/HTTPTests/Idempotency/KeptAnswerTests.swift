import Auth
import FreshDatabases
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import LogTestKit
import NIOCore
import Storage
import Synchronization
import Testing

@testable import WaxwingHTTP
@testable import WaxwingService

/// What becomes of answers that no route of the service gives yet, or gives seldom.
@Suite struct KeptAnswerTests {
    private final class Runs: Sendable {
        private let counted = Mutex(0)

        var count: Int { counted.withLock { $0 } }

        /// - Returns: which run this is.
        func add() -> Int {
            counted.withLock { count in
                count += 1
                return count
            }
        }
    }

    /// - Parameter answer: of the n-th run.
    private func serve(
        log: LogCollector = LogCollector(), answer: @escaping @Sendable (Int) async throws -> Response,
        _ test: @escaping @Sendable (_ send: @Sendable () async throws -> Answer, Runs) async throws -> Void
    ) async throws {
        let (database, runs) = (try await FreshDatabase.make(), Runs())
        try await database.migrate([IdempotencyKeys.migrations], at: SystemClock().now())
        let router = Router(context: APIContext.self)
        router.add(middleware: RequestLog(metrics: MetricRegistry(), isSecure: false))
        router.group("").add(middleware: Idempotency(keys: IdempotencyKeys(database, keys: try .random())))
            .post("do") { _, _ in try await answer(runs.add()) }
        try await TestAPI.serve(router, logger: log.logger) { client in
            let request = TestClient.Request("/do", method: .post, headers: [.idempotencyKey: "one"])
            try await test({ Answer(try await client.execute(request)) }, runs)
        }
    }

    @Test func `a failure that nobody foresaw is repeated, as it may have done something`() async throws {
        struct Unforeseen: Error {
            let path = "/var/lib/waxwing/keys.json"
        }
        let log = LogCollector()
        try await serve(log: log, answer: { _ in throw Unforeseen() }) { send, runs in
            let (first, again) = (try await send(), try await send())
            #expect((first.status, again.status) == (.internalServerError, .internalServerError))
            #expect(first.bytes == again.bytes && first.text.contains("INTERNAL_ERROR"))
            #expect(again.headers[.idempotentReplayed] == "true")
            #expect(runs.count == 1)
        }
        #expect(log.errors.count == 1 && log.errors[0].contains("keys.json"))
    }

    @Test(arguments: [
        ServiceError.unavailable("away"), .unauthorized("who?"), .rateLimited(retryAfter: .seconds(1), "wait"),
    ])
    func `what was refused for the moment is run again`(error: ServiceError) async throws {
        let answer: @Sendable (Int) throws -> Response = { run in
            if run == 1 { throw error }
            return Response(status: .created)
        }
        try await serve(answer: answer) { send, runs in
            #expect([401, 429, 503].contains(try await send().status.code))
            let (second, third) = (try await send(), try await send())
            #expect((second.status, third.status, runs.count) == (.created, .created, 2))
            #expect(third.headers[.idempotentReplayed] == "true")
        }
    }

    @Test func `an answer of 1 MiB is kept, one byte more is not, and nothing is done again`() async throws {
        let longest = KeptAnswer.longest
        for (length, isKept) in [(longest, true), (longest + 1, false)] {
            let bytes = [UInt8](repeating: 7, count: length)
            try await serve(answer: { _ in Response(status: .ok, body: .init(byteBuffer: ByteBuffer(bytes: bytes))) }) {
                send, runs in
                let (first, again) = (try await send(), try await send())
                #expect(first.bytes == bytes)
                #expect(again.status == (isKept ? .ok : .conflict))
                #expect((again.bytes == bytes) == isKept)
                #expect(runs.count == 1)
            }
        }
    }

    @Test func `an answer that streams is sent, and not kept`() async throws {
        let stream = ResponseBody { writer in
            try await writer.write(ByteBuffer(string: "one "))
            try await writer.write(ByteBuffer(string: "two"))
            try await writer.finish(nil)
        }
        try await serve(answer: { _ in Response(status: .ok, body: stream) }) { send, runs async throws in
            #expect(try await send().text == "one two")
            #expect((try await send().status, runs.count) == (.conflict, 1))
        }
    }

    @Test func `a field that stands twice comes back twice`() async throws {
        let answer: @Sendable (Int) -> Response = { _ in
            var response = Response(status: .created, headers: [.location: "/things/1"])
            response.headers.append(HTTPField(name: .setCookie, value: "a=1"))
            response.headers.append(HTTPField(name: .setCookie, value: "b=2"))
            return response
        }
        try await serve(answer: answer) { send, runs in
            for _ in 1...2 {
                let response = try await send()
                #expect(response.headers[values: .setCookie] == ["a=1", "b=2"])
                #expect(response.headers[.location] == "/things/1")
            }
            #expect(runs.count == 1)
        }
    }
}
