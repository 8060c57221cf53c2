import Foundation
import HTTPTypes
import LogTestKit
import NIOCore
import Testing
import WaxwingService

@testable import WaxwingHTTP

/// What an operator learns of those who were refused before any route saw them.
@Suite struct RefusalLogTests {
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    @Test func `the first of a reason is told at once, and those of its second together at its end`() {
        var tally = RefusalTally()
        let start = Self.start
        let outcomes = (0..<4).map { tally.add(at: start + .milliseconds($0 * 100)) }
        #expect(outcomes == [.tell(1), .later(start + .seconds(1)), .nothing, .nothing])
        let (early, due, again) = (
            tally.rest(at: start + .milliseconds(999)), tally.rest(at: start + .seconds(1)),
            tally.rest(at: start + .seconds(3))
        )
        #expect((early, due, again) == (nil, 3, nil))
    }

    @Test func `whatever comes, there is one line a second, and none is left out`() {
        var tally = RefusalTally()
        var (lines, told, due): ([NIODeadline], Int, NIODeadline?) = ([], 0, nil)
        for step in 0..<10_000 {
            let now = Self.start + .milliseconds(Int64(step) * 7)
            if let time = due, now >= time {
                due = nil
                if let count = tally.rest(at: now) { (lines, told) = (lines + [now], told + count) }
            }
            switch tally.add(at: now) {
            case .tell(let count): (lines, told) = (lines + [now], told + count)
            case .later(let time): due = time
            case .nothing: break
            }
        }
        told += tally.rest(at: Self.start + .seconds(1000)) ?? 0
        #expect(told == 10_000)
        #expect(zip(lines, lines.dropFirst()).allSatisfy { $1 - $0 >= .seconds(1) })
        #expect((60...70).contains(lines.count))
    }

    @Test func `a flood of bad requests is a few lines with number and address, and all are counted`() async throws {
        let log = LogCollector()
        try await TestAPI.run(logger: log.logger) { api in
            var clients: [ByteClient] = []
            for _ in 0..<40 { clients.append(try await ByteClient(port: api.port)) }
            for client in clients {
                client.pour(Array("GET /canary-\(UUID()) HTTP/1.1\r\nCanary: secret\r\n\r\n".utf8))
            }
            for client in clients { #expect(try await client.wait { $0.statuses == [400] }) }
            func told() -> Int { refusals(log, "malformed").compactMap { Int($0.1) }.reduce(0, +) }
            #expect(try await clients[0].wait { _ in told() == 40 })
            let lines = refusals(log, "malformed")
            #expect(lines.count < 40)
            #expect(lines.allSatisfy { $0.address == "127.0.0.1" })
            #expect(!log.lines.contains { $0.contains("canary") || $0.contains("secret") })
            let text = try await api.send(.get, "/api/metrics").text
            #expect(text.contains(#"waxwing_http_refusals_total{reason="malformed"} 40"#))
        }
    }

    @Test func `who is slow or silent is told by reason`() async throws {
        let log = LogCollector()
        var limits = ConnectionLimits.patient
        limits.head = .seconds(15)
        try await TestAPI.run(connections: limits, logger: log.logger) { api in
            let slow = try await ByteClient(port: api.port, saying: "GET /health HTTP/1.1\r\nHost")
            let silent = try await ByteClient(port: api.port)
            #expect(try await slow.wait { $0.isClosed } && slow.statuses == [408])
            #expect(try await silent.wait { $0.isClosed } && silent.text.isEmpty)
            func told(_ reason: String) -> Int { refusals(log, reason).compactMap { Int($0.1) }.reduce(0, +) }
            #expect(try await silent.wait { _ in told("too_slow") == 1 })
            // With the one that the test's own client has opened.
            #expect(try await silent.wait { _ in told("silent") == 2 })
        }
    }

    @Test func `who is one too many is told by reason`() async throws {
        let log = LogCollector()
        var limits = ConnectionLimits.patient
        limits.connectionsPerAddress = 3
        try await TestAPI.run(connections: limits, logger: log.logger) { api in
            var clients: [ByteClient] = []
            for _ in 0..<4 {
                let client = try await ByteClient(port: api.port)
                try await client.send("GET /api/billing/plans HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try await client.wait { !$0.statuses.isEmpty })
                clients.append(client)
            }
            #expect(clients.last?.statuses == [503])
            #expect(try await clients[0].wait { _ in !refusals(log, "too_many_connections").isEmpty })
        }
    }

    @Test func `who hangs up in the middle of a request was not refused`() async throws {
        let log = LogCollector()
        try await TestAPI.run(logger: log.logger) { api in
            for half in ["GET /he", "POST /api/auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{"] {
                let client = try await ByteClient(port: api.port)
                try await client.send(half)
                client.hangUp()
                #expect(try await client.wait { $0.isClosed })
            }
            #expect(!log.lines.contains { $0.hasPrefix("refused ") })
            let text = try await api.send(.get, "/api/metrics").text
            #expect(!text.contains("waxwing_http_refusals_total{"))
        }
    }

    /// Address and count of the lines about a reason.
    private func refusals(_ log: LogCollector, _ reason: String) -> [(address: Substring, Substring)] {
        log.lines.compactMap { line in
            guard line.hasSuffix(" reason=\(reason)"), let match = line.firstMatch(of: #/address=(\S+) count=(\d+)/#)
            else { return nil }
            return (match.1, match.2)
        }
    }
}
