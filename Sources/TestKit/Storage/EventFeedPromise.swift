import Storage
import Testing

/// One thing an ``EventLog`` promises to readers that wait, and how it is checked.
public struct EventFeedPromise: Sendable, CustomTestStringConvertible {
    /// A log as one process has it.
    public struct Side: Sendable {
        let database: any Database
        let log: EventLog

        public init(_ database: any Database, _ log: EventLog) {
            (self.database, self.log) = (database, log)
        }
    }

    public let testDescription: String
    /// Takes the sides of two processes on one empty database, or the same side twice. Where signals go from one to the
    /// other, let the logs' pause be an hour: then a signal that is lost is a check that does not end.
    public let check: @Sendable (Side, Side) async throws -> Void

    init(_ promise: String, check: @escaping @Sendable (Side, Side) async throws -> Void) {
        testDescription = promise
        self.check = { writer, reader in
            try await writer.database.migrate([EventLog.migrations], at: moment)
            try await check(writer, reader)
        }
    }

    public static let all = [
        EventFeedPromise("a reader beside many writers gets every event once, in order, in batches as long as asked") {
            writer, reader in
            let (topic, writers, each) = (try Topic("busy"), 4, 25)
            try await withThrowingTaskGroup { group in
                group.addTask {
                    var seen: [Int64] = []
                    for try await batch in reader.feed(of: topic, limit: 7) {
                        #expect((1...7).contains(batch.count))
                        seen += batch.map(\.number)
                        if seen.count >= writers * each { break }
                    }
                    #expect(seen == Array(1...Int64(writers * each)))
                }
                for _ in 0..<writers {
                    group.addTask { for _ in 0..<each { try await writer.append("x", to: topic) } }
                }
                try await group.waitForAll()
            }
        },
        EventFeedPromise("no event is missed between a reading and the wait after it") { one, other in
            let (ping, pong, rounds) = (try Topic("ping"), try Topic("pong"), 50 as Int64)
            try await withThrowingTaskGroup { group in
                group.addTask {
                    // Answers each event as soon as it is read: the next one comes while this reader turns to waiting.
                    for try await batch in other.feed(of: ping) {
                        for event in batch { try await other.append(event.kind, to: pong) }
                        if batch.last?.number == rounds { break }
                    }
                }
                for round in 1...rounds {
                    try await one.append("\(round)", to: ping)
                    let answer = try await one.log.next(
                        of: pong, after: round - 1, waiting: .seconds(3_600), from: one.database)
                    #expect(answer.map(\.kind) == ["\(round)"])
                }
                try await group.waitForAll()
            }
        },
        EventFeedPromise("what is there already is given without a wait, the rest of a long row too") {
            writer, reader in
            let topic = try Topic("songs")
            for number in 1...7 { try await writer.append("\(number)", to: topic) }
            var batches: [[Int64]] = []
            for try await batch in reader.feed(of: topic, after: 2, limit: 2) {
                batches.append(batch.map(\.number))
                if batches.count == 3 { break }
            }
            #expect(batches == [[3, 4], [5, 6], [7]])
            let first = try await reader.log.next(of: topic, after: 0, limit: 3, waiting: .zero, from: reader.database)
            #expect(first.map(\.number) == [1, 2, 3])
        },
        EventFeedPromise("a wait without an event ends with its time, and gives nothing") { _, reader in
            let topic = try Topic("silent")
            for time in [.zero, .milliseconds(30), .seconds(-1)] as [Duration] {
                #expect(try await reader.log.next(of: topic, after: 0, waiting: time, from: reader.database) == [])
            }
        },
        EventFeedPromise("what is undone is not told") { writer, reader in
            let topic = try Topic("songs")
            await #expect(throws: Undone.self) {
                try await writer.database.write { session in
                    try writer.log.append("undone", "{}", to: topic, at: moment, in: session)
                    throw Undone()
                }
            }
            async let waited = reader.log.next(of: topic, after: 0, waiting: .seconds(3_600), from: reader.database)
            try await writer.append("kept", to: topic)
            let events = try await waited
            #expect(events.map(\.kind) == ["kept"] && events.map(\.number) == [1])
        },
        EventFeedPromise("a cancelled reader ends at once") { _, reader in
            let topic = try Topic("silent")
            let (began, signal) = AsyncStream.makeStream(of: Void.self)
            let following = Task {
                signal.yield()
                for try await _ in reader.feed(of: topic) {}
            }
            let waiting = Task {
                signal.yield()
                return try await reader.log.next(
                    of: topic, after: 0, waiting: .seconds(3_600), from: reader.database)
            }
            var count = 0
            for await _ in began {
                count += 1
                if count == 2 { break }
            }
            following.cancel()
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await following.value }
            await #expect(throws: CancellationError.self) { try await waiting.value }
        },
        EventFeedPromise("a reader that missed events is told so, and goes on from the latest") { writer, reader in
            let topic = try Topic("songs")
            for number in 1...3 { try await writer.append("\(number)", to: topic) }
            _ = try await writer.database.write { try writer.log.trim(before: moment + .seconds(1), limit: 2, in: $0) }
            await #expect(throws: EventLogError.trimmed(latest: 3)) {
                for try await _ in reader.feed(of: topic) {}
            }
            await #expect(throws: EventLogError.trimmed(latest: 3)) {
                try await reader.log.next(of: topic, after: 1, waiting: .seconds(3_600), from: reader.database)
            }
            async let next = reader.log.next(of: topic, after: 3, waiting: .seconds(3_600), from: reader.database)
            try await writer.append("4", to: topic)
            #expect(try await next.map(\.number) == [4])
        },
        EventFeedPromise("a reader of another past is told so, and does not wait for it to come again") {
            writer, reader in
            let topic = try Topic("songs")
            try await writer.append("1", to: topic)
            for number in [2, .max] as [Int64] {
                await #expect(throws: EventLogError.ahead(latest: 1)) {
                    for try await _ in reader.feed(of: topic, after: number) {}
                }
            }
        },
    ]
}

extension EventFeedPromise.Side {
    fileprivate func append(_ kind: String, to topic: Topic) async throws {
        _ = try await database.write { [log] in try log.append(kind, "{}", to: topic, at: moment, in: $0) }
    }

    fileprivate func feed(of topic: Topic, after number: Int64 = 0, limit: Int = 100) -> EventFeed {
        log.feed(of: topic, after: number, limit: limit, from: database)
    }
}

private let moment = Timestamp(milliseconds: 0)

private struct Undone: Error {}
