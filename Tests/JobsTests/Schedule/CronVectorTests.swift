import Foundation
import Jobs
import Storage
import Testing

/// Expressions with their next times, computed by brute force over minutes and by another implementation.
@Suite struct CronVectorTests {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let expr: String
        let after: Timestamp
        let next: [Timestamp]

        var testDescription: String { "'\(expr)' after \(after)" }
    }

    struct ZoneCase: Decodable, Sendable, CustomTestStringConvertible {
        let tz: String
        let expr: String
        let after: Timestamp
        let next_utc: [Timestamp]

        var testDescription: String { "'\(expr)' in \(tz) after \(after)" }
    }

    struct Never: Decodable, Sendable {
        let expr: [String]
    }

    struct Changes: Decodable, Sendable {
        let cases: [ZoneCase]
    }

    struct Vectors: Decodable, Sendable {
        var valid: [Case] = []
        var invalid: [String] = []
        var never_fires = Never(expr: [])
        var dst = Changes(cases: [])
        var macros: [String: String] = [:]
    }

    /// Empty if the file is missing, which the first test reports.
    static let vectors: Vectors = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Vectors/cron/cron.json")
        return (try? JSONDecoder().decode(Vectors.self, from: Data(contentsOf: file))) ?? Vectors()
    }()

    @Test func `the vectors are there`() {
        let vectors = Self.vectors
        #expect((vectors.valid.count, vectors.invalid.count, vectors.never_fires.expr.count) == (125, 31, 3))
        #expect((vectors.dst.cases.count, vectors.macros.count) == (9, 7))
    }

    @Test(arguments: vectors.valid)
    func `every expression has its next times`(vector: Case) throws {
        let cron = try CronExpression(vector.expr)
        #expect(slots(of: cron, after: vector.after, count: vector.next.count) == vector.next)
        for (earlier, later) in zip(vector.next, vector.next.dropFirst()) {
            #expect(cron.previous(before: later) == earlier)
        }
    }

    @Test(arguments: vectors.invalid)
    func `what is no expression is refused`(text: String) {
        #expect(throws: CronError.self) { try CronExpression(text) }
    }

    @Test(arguments: vectors.never_fires.expr)
    func `what means no day is refused`(text: String) {
        #expect(throws: CronError.neverFires(text.debugDescription)) { try CronExpression(text) }
    }

    @Test(arguments: vectors.dst.cases)
    func `changes of the clocks are met`(vector: ZoneCase) throws {
        let cron = try CronExpression(vector.expr, in: vector.tz)
        #expect(slots(of: cron, after: vector.after, count: vector.next_utc.count) == vector.next_utc)
        for (earlier, later) in zip(vector.next_utc, vector.next_utc.dropFirst()) {
            #expect(cron.previous(before: later) == earlier)
        }
    }

    @Test(arguments: vectors.macros)
    func `macros stand for whole expressions`(name: String, fields: String) throws {
        #expect(try CronExpression(name) == CronExpression(fields))
    }

    private func slots(of cron: CronExpression, after start: Timestamp, count: Int) -> [Timestamp] {
        var slots: [Timestamp] = []
        while slots.count < count, let slot = cron.next(after: slots.last ?? start) { slots.append(slot) }
        return slots
    }
}
