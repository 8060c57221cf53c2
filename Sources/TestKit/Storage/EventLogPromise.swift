import Storage
import Testing

/// One thing an ``EventLog`` promises on every ``Database``, and how it is checked.
public struct EventLogPromise: Sendable, CustomTestStringConvertible {
    public let testDescription: String
    /// Takes an empty database, and reports what is not kept through Swift Testing.
    public let check: @Sendable (any Database) async throws -> Void

    init(_ promise: String, check: @escaping @Sendable (any Database, EventLog) async throws -> Void) {
        testDescription = promise
        self.check = { database in
            try await database.migrate([EventLog.migrations], at: moment(0))
            try await check(database, EventLog())
        }
    }

    public static let all = [
        EventLogPromise("events are read in the order they were appended, from any number on") { database, log in
            let topic = try Topic("songs")
            try await database.write { session in
                for number in 1...5 {
                    let given = try log.append("n\(number)", "{}", to: topic, at: moment(number), in: session)
                    #expect(given == number)
                }
            }
            let all = try await database.read { try log.read(topic, after: 0, in: $0) }
            #expect(all.map(\.kind) == ["n1", "n2", "n3", "n4", "n5"] && all.map(\.number) == [1, 2, 3, 4, 5])
            #expect(all.map(\.happenedAt) == (1...5).map(moment))
            let some = try await database.read { try log.read(topic, after: 2, limit: 2, in: $0) }
            #expect(some.map(\.number) == [3, 4])
            #expect(try await database.read { try log.read(topic, after: 5, in: $0) } == [])
        },
        EventLogPromise("topics are counted each for itself") { database, log in
            let (one, two) = (try Topic("one"), Topic.user(.random()))
            try await database.write { session in
                for topic in [one, two, one] { try log.append("x", "{}", to: topic, at: moment(0), in: session) }
            }
            #expect(try await database.read { try log.latest(of: one, in: $0) } == 2)
            #expect(try await database.read { try log.latest(of: two, in: $0) } == 1)
            #expect(try await database.read { try log.latest(of: Topic("three"), in: $0) } == 0)
        },
        EventLogPromise("what is rolled back leaves no gap") { database, log in
            let topic = try Topic("songs")
            for number in 1...3 {
                await #expect(throws: EventRefused.self) {
                    try await database.write { session in
                        try log.append("lost", "{}", to: topic, at: moment(0), in: session)
                        throw EventRefused()
                    }
                }
                try await database.write { _ = try log.append("kept", "{}", to: topic, at: moment(0), in: $0) }
                #expect(try await database.read { try log.latest(of: topic, in: $0) } == number)
            }
            #expect(
                try await database.read { try log.read(topic, after: 0, in: $0) }.map(\.kind) == [
                    "kept", "kept", "kept",
                ])
        },
        EventLogPromise("a reader beside many writers sees every number once, in order") { database, log in
            let (topic, total) = (try Topic("busy"), 200)
            try await withThrowingTaskGroup { group in
                for writer in 0..<8 {
                    group.addTask {
                        for round in 0..<(total / 8) {
                            _ = try await database.write { session in
                                try log.append("\(writer)", "\(round)", to: topic, at: moment(0), in: session)
                            }
                        }
                    }
                }
                group.addTask {
                    var (seen, next): ([String: Int], Int64) = ([:], 0)
                    while next < total {
                        let after = next
                        for event in try await database.read({ try log.read(topic, after: after, limit: 7, in: $0) }) {
                            #expect(event.number == next + 1)
                            #expect(
                                event.payload == "\(seen[event.kind, default: 0])", "a writer's events stay in order")
                            seen[event.kind, default: 0] += 1
                            next = event.number
                        }
                        await Task.yield()
                    }
                }
                try await group.waitForAll()
            }
        },
        EventLogPromise("who asks for trimmed events is told, and numbers go on") { database, log in
            let topic = try Topic("songs")
            try await database.write { session in
                for number in 1...6 { try log.append("x", "{}", to: topic, at: moment(number), in: session) }
            }
            #expect(try await database.write { try log.trim(before: moment(4), limit: 2, in: $0) } == 2)
            #expect(try await database.write { try log.trim(before: moment(4), in: $0) } == 1)
            for number in 0...2 as ClosedRange<Int64> {
                await #expect(throws: EventLogError.trimmed(latest: 6)) {
                    try await database.read { try log.read(topic, after: number, in: $0) }
                }
            }
            #expect(try await database.read { try log.read(topic, after: 3, in: $0) }.map(\.number) == [4, 5, 6])
            _ = try await database.write { try log.trim(before: moment(100), in: $0) }
            await #expect(throws: EventLogError.trimmed(latest: 6)) {
                try await database.read { try log.read(topic, after: 5, in: $0) }
            }
            #expect(try await database.read { try log.read(topic, after: 6, in: $0) } == [])
            #expect(try await database.write { try log.append("x", "{}", to: topic, at: moment(9), in: $0) } == 7)
        },
        EventLogPromise("a gap in the middle is told too, as when the clock was set back") { database, log in
            let topic = try Topic("songs")
            try await database.write { session in
                for second in [5, 3, 6] { try log.append("x", "{}", to: topic, at: moment(second), in: session) }
            }
            #expect(try await database.write { try log.trim(before: moment(4), in: $0) } == 1)
            await #expect(throws: EventLogError.trimmed(latest: 3)) {
                try await database.read { try log.read(topic, after: 0, in: $0) }
            }
            #expect(try await database.read { try log.read(topic, after: 0, limit: 1, in: $0) }.map(\.number) == [1])
            #expect(try await database.read { try log.read(topic, after: 2, in: $0) }.map(\.number) == [3])
        },
        EventLogPromise("who asks for what never was is told") { database, log in
            let topic = try Topic("songs")
            for number in [1, .max] as [Int64] {
                await #expect(throws: EventLogError.ahead(latest: 0)) {
                    try await database.read { try log.read(topic, after: number, in: $0) }
                }
            }
            #expect(try await database.read { try log.read(topic, after: -1, in: $0) } == [])
            _ = try await database.write { try log.append("x", "{}", to: topic, at: moment(0), in: $0) }
            #expect(try await database.read { try log.read(topic, after: .min, in: $0) }.map(\.number) == [1])
        },
        EventLogPromise("a topic that is erased leaves nothing, and no other goes with it") { database, log in
            let (gone, kept) = (Topic.user(.random()), Topic.user(.random()))
            try await database.write { session in
                for topic in [gone, kept, gone] { try log.append("x", "{}", to: topic, at: moment(0), in: session) }
            }
            try await database.write { try log.erase(gone, in: $0) }
            let latest = try await database.read { try log.latest(of: [gone, kept], in: $0) }
            #expect(latest == [kept: 1])
            #expect(try await database.read { try log.read(kept, after: 0, in: $0) }.count == 1)
            await #expect(throws: EventLogError.ahead(latest: 0)) {
                try await database.read { try log.read(gone, after: 2, in: $0) }
            }
            #expect(try await database.write { try log.append("x", "{}", to: gone, at: moment(1), in: $0) } == 1)
        },
        EventLogPromise("a payload is kept as it is, up to its limit") { database, log in
            let topic = try Topic("songs")
            let largest = String(repeating: "é", count: Event.largestPayload / 2)
            for payload in ["", #"{"name": "Çà 🎧\n\"x\""}"#, largest] {
                try await database.write { _ = try log.append("x", payload, to: topic, at: moment(0), in: $0) }
            }
            let events = try await database.read { try log.read(topic, after: 0, in: $0) }
            #expect(events.map(\.payload) == ["", #"{"name": "Çà 🎧\n\"x\""}"#, largest])
            await #expect(throws: EventLogError.payloadTooLarge(bytes: Event.largestPayload + 1)) {
                try await database.write { _ = try log.append("x", largest + "x", to: topic, at: moment(0), in: $0) }
            }
        },
    ]
}

private func moment(_ second: Int) -> Timestamp { Timestamp(milliseconds: Int64(second) * 1_000) }

private struct EventRefused: Error {}
