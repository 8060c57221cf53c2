import Auth
import Foundation
import Storage
import StorageTestKit
import Testing

@testable import WaxwingService

/// What a device hears, in this process and from another one.
@Suite(.timeLimit(.minutes(20))) struct SyncFeedTests {
    @Test func `a device hears of the others, whichever server they reach, and not of itself`() async throws {
        let pair = try await TwoProcesses()
        let (phone, desk) = (try SyncDevice("phone"), try SyncDevice("desk"))
        let feed = try pair.sides[1].sync.feed(for: pair.caller, device: phone)
        var news = feed.makeAsyncIterator()
        #expect(try await news.next() == .welcome(seq: 0))
        _ = try await pair.sides[0].sync.push([.note(1, "a")], from: desk, of: pair.caller)
        guard case .changed(let made) = try await news.next() else { throw Disconnected() }
        #expect(made.map(\.kind) == [.create] && made[0].row.key.id == "1")
        _ = try await pair.sides[1].sync.push([.note(2, "mine")], from: phone, of: pair.caller)
        _ = try await pair.sides[0].sync.push([.note(1, "b")], from: nil, of: pair.caller)
        guard case .changed(let changed) = try await news.next() else { throw Disconnected() }
        #expect(changed.map(\.kind) == [.update] && changed[0].row.data?.text == #"{"text":"b"}"#)
        _ = try await pair.sides[0].sync.push([.note(2, nil)], from: desk, of: pair.caller)
        guard case .changed(let gone) = try await news.next() else { throw Disconnected() }
        #expect(gone.map(\.kind) == [.delete] && gone[0].row.seq == 4)
    }

    @Test func `what was missed is told in chunks when it is asked for, and then it goes on`() async throws {
        let studio = try await Studio(pace: .calm)
        let (sync, ada) = (studio.useCases.sync, studio.caller)
        let changes = try (1...600).map { try SyncChange.note($0, "x") }
        _ = try await sync.push(changes, atMost: Sync.mostInBatch, from: nil, of: ada)
        let feed = try sync.feed(for: ada, device: nil)
        var news = feed.makeAsyncIterator()
        #expect(try await news.next() == .welcome(seq: 600))
        try await feed.request(after: 5)
        #expect(try await news.next() == .response(after: 5, seq: 600, isReset: false))
        _ = try await sync.push([.note(601, "meanwhile"), .note(10, "again")], from: nil, of: ada)
        var (numbers, sizes, isLast) = ([Int64](), [Int](), false)
        while !isLast {
            guard case .bulk(let rows, let seq, let done) = try await news.next() else { throw Disconnected() }
            numbers += rows.map(\.seq)
            sizes.append(rows.count)
            #expect(seq == rows.last?.seq)
            isLast = done
        }
        #expect(sizes == [250, 250, 96] && numbers == (6...602).filter { $0 != 10 })
        _ = try await sync.push([.note(1, nil)], from: nil, of: ada)
        guard case .changed(let events) = try await news.next() else { throw Disconnected() }
        #expect(events.map(\.row.seq) == [603])
        try await feed.request(after: 603)
        #expect(try await news.next() == .response(after: 603, seq: 603, isReset: false))
        #expect(try await news.next() == .bulk([], seq: 603, isLast: true))
        feed.close()
        #expect(try await news.next() == nil)
    }

    @Test func `a request for what never was begins anew`() async throws {
        let studio = try await Studio(pace: .calm)
        let (sync, ada) = (studio.useCases.sync, studio.caller)
        _ = try await sync.push([.note(1, "x")], from: nil, of: ada)
        let feed = try sync.feed(for: ada, device: nil)
        var news = feed.makeAsyncIterator()
        _ = try await news.next()
        try await feed.request(after: .max)
        #expect(try await news.next() == .response(after: 0, seq: 1, isReset: true))
        guard case .bulk(let rows, 1, true) = try await news.next() else { throw Disconnected() }
        #expect(rows.count == 1)
        #expect(await refusal { try await feed.request(after: -1) } == "invalid")
        var verdicts: [String?] = []
        for _ in 0..<40 { verdicts.append(await refusal { try await feed.request(after: 0) }) }
        #expect(verdicts.last == "rateLimited" && verdicts.first == .some(nil))
    }

    @Test func `ten feeds an account, and a feed ends with the session`() async throws {
        let studio = try await Studio(pace: EventPace(look: .milliseconds(10), check: .milliseconds(10)))
        try await studio.register()
        let ada = try await studio.signIn()
        var feeds = try (1...Events.mostFeeds).map { _ in try studio.useCases.sync.feed(for: ada, device: nil) }
        #expect(await refusal { try studio.useCases.sync.feed(for: ada, device: nil) } == "rateLimited")
        feeds.removeLast()
        var news = try studio.useCases.sync.feed(for: ada, device: nil).makeAsyncIterator()
        _ = try await news.next()
        try await studio.useCases.signIn.signOut(ada, from: .test)
        await #expect(throws: ServiceError.self) { try await news.next() }
    }
}
