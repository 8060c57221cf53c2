import Auth
import Foundation
import Storage
import StorageTestKit
import Testing

@testable import WaxwingService

/// Devices that edit at random, lose answers, ask again and are away: in the end all have the same.
@Suite(.timeLimit(.minutes(30))) struct SyncConvergenceTests {
    /// A device as `Docs/Sync.md` has one: what it knows, and what it has to say still.
    private struct Device {
        let name: SyncDevice
        var seq: Int64 = 0
        var things: [SyncKey: SyncRow] = [:]
        /// As sent, under one key; sent again until an answer is heard.
        var outgoing: [SyncChange] = []
        var key = UUID().uuidString

        mutating func take(_ page: SyncPage) {
            if page.isReset { things = [:] }
            for row in page.rows { things[row.key] = row.isDeleted ? nil : row }
            seq = page.seq
        }

        var state: [String: String] {
            Dictionary(
                uniqueKeysWithValues: things.map { ($0.key.id, "\($0.value.version) \($0.value.checksum ?? "")") })
        }
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `all devices end equal, whatever was lost and said twice`(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let pair = try await TwoProcesses()
        var devices = try (1...4).map { Device(name: try SyncDevice("device\($0)")) }
        for step in 0..<120 {
            let index = Int.random(in: devices.indices, using: &random)
            let cases = pair.sides[Int.random(in: 0...1, using: &random)]
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5 where devices[index].outgoing.isEmpty:
                devices[index].key = UUID().uuidString
                devices[index].outgoing = try (0..<Int.random(in: 1...5, using: &random)).map { _ in
                    let id = Int.random(in: 1...12, using: &random)
                    let known = devices[index].things[try .note(id)]?.version ?? 0
                    let version = Bool.random(using: &random) ? known : nil
                    let isDeletion = Int.random(in: 0..<4, using: &random) == 0
                    return try .note(id, isDeletion ? nil : "\(step % 7)", ifVersion: version)
                }
            case 0..<8 where !devices[index].outgoing.isEmpty:
                let results = try await push(devices[index], at: cases, of: pair.caller)
                // Now and then the answer is lost, and the device says the same again, perhaps to the other server.
                if Int.random(in: 0..<3, using: &random) > 0 {
                    #expect(results.results.count == devices[index].outgoing.count)
                    devices[index].outgoing = []
                }
            default:
                let limit = Int.random(in: 1...5, using: &random)
                devices[index].take(
                    try await cases.sync.pullAll(since: devices[index].seq, limit: limit, of: pair.caller))
            }
        }
        for index in devices.indices where !devices[index].outgoing.isEmpty {
            _ = try await push(devices[index], at: pair.sides[0], of: pair.caller)
        }
        for index in devices.indices {
            devices[index].take(
                try await pair.sides[1].sync.pullAll(since: devices[index].seq, limit: 3, of: pair.caller))
        }
        let all = try await pair.sides[0].sync.pullAll(of: pair.caller)
        var fresh = Device(name: try SyncDevice("fresh"))
        fresh.take(all)
        #expect(!fresh.things.isEmpty)
        for device in devices { #expect(device.state == fresh.state && device.seq == fresh.seq) }
        let status = try await pair.sides[0].sync.status(of: pair.caller)
        #expect(status.rows == all.rows.count && status.bytes == all.rows.reduce(0) { $0 + $1.size })
    }

    /// As a request with an idempotency key is run, and a repeat of it.
    private func push(_ device: Device, at cases: UseCases, of caller: Principal) async throws -> SyncResults {
        let request = RequestFingerprint([device.key], body: BodyFingerprint(length: 1, digest: [1]))
        let claim = try await cases.idempotency.claim(
            IdempotencyKey(device.key), of: .account(caller.user), for: request)
        guard case .run(let ticket) = claim else { throw Disconnected() }
        let results = try await cases.sync.push(device.outgoing, from: device.name, of: caller, once: ticket)
        // The process ends before the answer is kept; what was done is known by its receipt.
        try await cases.idempotency.abandon(ticket)
        return results
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `who reads while many write at both servers misses no number`(seed: UInt64) async throws {
        let pair = try await TwoProcesses()
        let (writers, each) = (4, 30)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<writers {
                group.addTask {
                    var random = SplitMix64(seed: seed &* 31 &+ UInt64(writer))
                    for number in 0..<each {
                        let side = pair.sides[Int.random(in: 0...1, using: &random)]
                        _ = try await side.sync.push([.note("\(writer).\(number)", "x")], from: nil, of: pair.caller)
                    }
                }
            }
            group.addTask {
                var (seen, seq): (Set<String>, Int64) = ([], 0)
                var reads = 0
                while seen.count < writers * each {
                    let page = try await pair.sides[reads % 2].sync.pull(since: seq, limit: 7, of: pair.caller)
                    for row in page.rows {
                        #expect(row.seq > seq && seen.insert(row.key.id).inserted)
                        seq = row.seq
                    }
                    reads += 1
                }
                #expect(seq == Int64(writers * each))
            }
            try await group.waitForAll()
        }
    }
}
