import Auth
import Foundation
import Storage
import StorageTestKit
import Testing

@testable import WaxwingService

@Suite(.timeLimit(.minutes(20))) struct SyncTests {
    @Test func `what one device pushes another pulls, each thing once and as it is now`() async throws {
        let studio = try await Studio()
        let (sync, ada) = (studio.useCases.sync, studio.caller)
        let made = try await sync.push([.note(1, "a"), .note(2, "b"), .note(1, "c")], from: nil, of: ada)
        #expect(made.results.map(\.outcome) == [.applied, .applied, .applied])
        #expect(made.results.map(\.version) == [1, 1, 2] && made.results.map(\.seq) == [1, 2, 3] && made.seq == 3)
        let page = try await sync.pull(since: 0, limit: 50, of: ada)
        #expect(page.rows.map(\.key.id) == ["2", "1"] && page.rows.map(\.seq) == [2, 3] && page.seq == 3)
        #expect(page.rows[1].data?.text == #"{"text":"c"}"# && page.rows[1].checksum == page.rows[1].data?.checksum)
        #expect(page.next == nil && !page.isReset)
        #expect(try await sync.pull(since: 3, limit: 50, of: ada).rows == [])
        _ = try await sync.push([.note(2, nil)], from: nil, of: ada)
        let deleted = try #require(try await sync.pull(since: 3, limit: 50, of: ada).rows.first)
        #expect(deleted.isDeleted && deleted.data == nil && deleted.checksum == nil && deleted.version == 2)
    }

    @Test func `what is so already changes nothing, and is said to`() async throws {
        let studio = try await Studio()
        let (sync, ada) = (studio.useCases.sync, studio.caller)
        _ = try await sync.push([.note(1, "a")], from: nil, of: ada)
        let again = try await sync.push(
            [.note(1, "a"), .note(1, "a", ifVersion: 7), .note(2, nil), .note(2, nil, ifVersion: 9)], from: nil, of: ada
        )
        #expect(again.results.map(\.outcome) == [.unchanged, .unchanged, .unchanged, .unchanged])
        #expect(again.results.map(\.version) == [1, 1, 0, 0] && again.seq == 1)
        #expect(try await sync.status(of: ada) == SyncStatus(seq: 1, oldest: 0, rows: 1, bytes: 12))
    }

    @Test func `a version that was asked for and is gone is a conflict of that one, with what is there`() async throws {
        let studio = try await Studio()
        let (sync, ada) = (studio.useCases.sync, studio.caller)
        _ = try await sync.push([.note(1, "a"), .note(1, "b"), .note(2, "x")], from: nil, of: ada)
        let pushed = try await sync.push(
            [
                .note(1, "stale", ifVersion: 1), .note(2, "y", ifVersion: 1), .note(3, "new", ifVersion: 0),
                .note(3, "newer", ifVersion: 0), .note(4, "z", ifVersion: 4), .note(1, nil, ifVersion: .max),
            ], from: nil, of: ada)
        #expect(
            pushed.results.map(\.outcome) == [.conflict, .applied, .applied, .conflict, .conflict, .conflict])
        #expect(pushed.results[0].row?.data?.text == #"{"text":"b"}"# && pushed.results[0].version == 2)
        #expect(pushed.results[4].row == nil && pushed.results[4].version == 0)
        #expect(pushed.results[1].row == nil)
        #expect(throws: ServiceError.self) { try SyncChange.note(1, "a", ifVersion: -1) }
        #expect(throws: ServiceError.self) { try SyncChange.note(1, "a", ifVersion: .min) }
    }

    @Test func `what was deleted comes back with a version of its own`() async throws {
        let studio = try await Studio()
        let (sync, ada) = (studio.useCases.sync, studio.caller)
        _ = try await sync.push([.note(1, "a"), .note(1, nil), .note(1, "b", ifVersion: 0)], from: nil, of: ada)
        let row = try #require(try await sync.pull(since: 0, limit: 1, of: ada).rows.first)
        #expect(row.version == 3 && row.born == 3 && !row.isDeleted)
    }

    @Test func `nobody sees or changes what another has, under the same names`() async throws {
        let studio = try await Studio()
        let (sync, ada) = (studio.useCases.sync, studio.caller)
        let eve = Principal.signedIn(.random())
        _ = try await sync.push([.note(1, "ada's")], from: nil, of: ada)
        let page = try await sync.pull(since: 0, limit: 1, of: ada)
        #expect(try await sync.pull(since: 0, limit: 50, of: eve).rows == [])
        let pushed = try await sync.push([.note(1, "eve's", ifVersion: 1), .note(1, nil)], from: nil, of: eve)
        #expect(pushed.results.map(\.outcome) == [.conflict, .unchanged] && pushed.results[0].row == nil)
        #expect(try await sync.pull(since: 0, limit: 1, of: ada) == page)
        for number in 2...3 { _ = try await sync.push([.note(number, "x")], from: nil, of: ada) }
        let cursor = try #require(try await sync.pull(since: 0, limit: 1, of: ada).next)
        #expect(await refusal { try await sync.pull(since: 0, limit: 1, after: cursor, of: eve) } == "invalid")
        #expect(await refusal { try await sync.pull(since: 0, limit: 1, after: "junk", of: ada) } == "invalid")
    }

    @Test func `names and data have bounds`() async throws {
        for (type, id) in [
            ("", "1"), (String(repeating: "a", count: 65), "1"), ("a b", "1"), ("é", "1"), ("a", ""), ("a", " "),
            ("a", String(repeating: "1", count: 129)), ("a", "\u{0}"), ("a", "é"),
        ] {
            #expect(throws: ServiceError.self) { try SyncKey(type: type, id: id) }
        }
        let most = CanonicalJSON(text: #"{"a":"\#(String(repeating: "x", count: SyncChange.largest - 8))"}"#)
        #expect(most.text.utf8.count == SyncChange.largest)
        _ = try SyncChange(.note(1), to: most)
        let larger = CanonicalJSON(text: #"{"ab":"\#(String(repeating: "x", count: SyncChange.largest - 8))"}"#)
        #expect(throws: ServiceError.self) { try SyncChange(.note(1), to: larger) }
        for device in ["", " ", "a b", String(repeating: "x", count: 65)] {
            #expect(throws: ServiceError.self) { try SyncDevice(device) }
        }
        let studio = try await Studio()
        let (sync, ada) = (studio.useCases.sync, studio.caller)
        #expect(await refusal { try await sync.push([], from: nil, of: ada) } == "invalid")
        let many = try (0...Sync.mostChanges).map { try SyncChange.note($0, "x") }
        #expect(await refusal { try await sync.push(many, from: nil, of: ada) } == "invalid")
        #expect(try await sync.push(many, atMost: Sync.mostInBatch, from: nil, of: ada).seq == 101)
    }

    @Test func `an account keeps so much and no more, and may always delete`() async throws {
        let studio = try await Studio()
        let (sync, ada) = (studio.useCases.sync, studio.caller)
        _ = try await sync.push([.note(1, "a"), .note(2, "b")], from: nil, of: ada)
        _ = try await studio.database.write {
            try $0.execute("UPDATE sync_heads SET row_count = \(Sync.mostRows), byte_count = \(Sync.mostBytes)")
        }
        #expect(await refusal { try await sync.push([.note(1, "ab")], from: nil, of: ada) } == "unprocessable")
        #expect(await refusal { try await sync.push([.note(3, "")], from: nil, of: ada) } == "unprocessable")
        #expect(try await sync.pull(since: 2, limit: 50, of: ada).rows == [])
        #expect(try await sync.push([.note(1, "c"), .note(2, nil)], from: nil, of: ada).seq == 4)
    }

    @Test func `pages join without a seam, also when things change between them`() async throws {
        let studio = try await Studio()
        let (sync, ada) = (studio.useCases.sync, studio.caller)
        _ = try await sync.push((1...90).map { try .note($0, "x") }, from: nil, of: ada)
        let first = try await sync.pull(since: 0, limit: 40, of: ada)
        #expect(first.rows.map(\.seq) == Array(1...40) && first.seq == 40)
        _ = try await sync.push([.note(5, "y"), .note(60, "y")], from: nil, of: ada)
        let second = try await sync.pull(since: 0, limit: 40, after: first.next, of: ada)
        let third = try await sync.pull(since: 0, limit: 40, after: second.next, of: ada)
        #expect(third.next == nil && third.seq == 92)
        let last = third.rows.suffix(2)
        #expect(last.map(\.key.id) == ["5", "60"])
        #expect(Set((first.rows + second.rows + third.rows).map(\.key)).count == 90)
    }

    @Test func `a page is as long as it may be in bytes, and always goes on`() async throws {
        let studio = try await Studio()
        let (sync, ada) = (studio.useCases.sync, studio.caller)
        let text = String(repeating: "x", count: SyncChange.largest - 11)
        for start in stride(from: 0, to: 60, by: 20) {
            _ = try await sync.push((start..<start + 20).map { try .note($0, text) }, from: nil, of: ada)
        }
        let page = try await sync.pull(since: 0, limit: 200, of: ada)
        #expect(page.rows.count == 32 && page.next != nil && page.seq == 32)
        #expect(try await sync.pullAll(limit: 200, of: ada).rows.count == 60)
    }

    @Test func `who was away for longer than deletions are remembered begins anew`() async throws {
        let studio = try await Studio()
        let (sync, ada) = (studio.useCases.sync, studio.caller)
        _ = try await sync.push((1...9).map { try .note($0, "x") }, from: nil, of: ada)
        _ = try await sync.push([.note(4, nil), .note(5, nil)], from: nil, of: ada)
        studio.clock.advance(by: Sync.memory + .seconds(1))
        _ = try await sync.push([.note(6, nil)], from: nil, of: ada)
        try await studio.useCases.upkeep.run(.sync)
        #expect(try await sync.status(of: ada) == SyncStatus(seq: 12, oldest: 11, rows: 7, bytes: 72))
        for since in [1, 10, 13, .max] as [Int64] {
            let page = try await sync.pullAll(since: since, limit: 2, of: ada)
            #expect(page.isReset && page.rows.count == 7 && page.seq == 12, "\(since)")
        }
        for (since, count) in [(0, 7), (11, 1), (12, 0)] as [(Int64, Int)] {
            let page = try await sync.pullAll(since: since, limit: 2, of: ada)
            #expect(!page.isReset && page.rows.count == count && page.seq == 12, "\(since)")
        }
    }

    @Test func `pages that deletions were forgotten under begin anew`() async throws {
        let studio = try await Studio()
        let (sync, ada) = (studio.useCases.sync, studio.caller)
        _ = try await sync.push((1...6).map { try .note($0, "x") }, from: nil, of: ada)
        let first = try await sync.pull(since: 0, limit: 2, of: ada)
        _ = try await sync.push([.note(1, nil)], from: nil, of: ada)
        studio.clock.advance(by: Sync.memory + .seconds(1))
        try await studio.useCases.upkeep.run(.sync)
        let next = try await sync.pull(since: 0, limit: 50, after: first.next, of: ada)
        #expect(next.isReset && next.rows.map(\.key.id) == ["2", "3", "4", "5", "6"])
    }

    @Test func `a deleted account leaves nothing, and its archive has all there was`() async throws {
        let studio = try await Studio()
        try await studio.register()
        let (sync, ada) = (studio.useCases.sync, try await studio.signIn())
        let data = CanonicalJSON(text: #"{"camelCase":[1.5],"snake_case":{}}"#)
        _ = try await sync.push([SyncChange(.note("gone"), to: .empty), .note("gone", nil)], from: nil, of: ada)
        _ = try await sync.push([SyncChange(.note("kept"), to: data)], from: nil, of: ada)
        var bytes: [UInt8] = []
        try await studio.useCases.accounts.archive(of: ada).write { bytes += $0 }
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains(#""data":{"camelCase":[1.5],"snake_case":{}}"#) && text.contains(#""deleted_at":"2026"#))
        _ = try await studio.useCases.accounts.delete(ada, password: Studio.password, from: .test)
        try await studio.work()
        #expect(try await studio.count("SELECT COUNT(*) AS n FROM sync_rows") == 0)
        #expect(try await studio.count("SELECT COUNT(*) AS n FROM sync_heads") == 0)
    }

    @Test func `what is undone wakes nobody and takes no number`() async throws {
        let studio = try await Studio()
        let forgetful = Sync(
            database: studio.database, signals: LocalSignals(), limiter: studio.useCases.rateLimiter,
            watch: studio.useCases.sync.watch, clock: studio.clock)
        let changes = [try SyncChange.note(1, "x")]
        await #expect(throws: DatabaseError.self) {
            try await studio.database.write { session in
                _ = try SyncRecords().hold(studio.account, in: session)
                throw DatabaseError.unexpected("stop")
            }
        }
        #expect(try await studio.count("SELECT COUNT(*) AS n FROM sync_heads") == 0)
        #expect(try await forgetful.push(changes, from: nil, of: studio.caller).seq == 1)
    }
}
