import Storage
import Testing

@testable import SampleLibrary

@Suite struct HidingTests {
    @Test func `what is hidden is in no list, and comes back unchanged`() async throws {
        let shelf = try await Shelf()
        let (item, other) = (shelf.item(age: 1), shelf.item())
        for item in [item, other] { try await shelf.insert(item) }
        #expect(try await shelf.hide(item, at: shelf.start))
        #expect(try await shelf.hide(item, at: shelf.start + .seconds(5)), "a retry is harmless")
        #expect(try await shelf.list(of: shelf.owner, PageRequest()).items == [other])
        #expect(try await shelf.found(SampleQuery()) == [other.sample])
        var hidden = SampleQuery()
        hidden.isHidden = true
        #expect(try await shelf.found(hidden).map(\.id) == [item.sample.id])
        #expect(try await shelf.find(item.sample.id, of: shelf.owner)?.sample.hiddenAt == shelf.start)
        #expect(try await shelf.restore(item))
        #expect(try await shelf.list(of: shelf.owner, PageRequest()).items == [other, item])
        #expect(try await shelf.found(hidden).isEmpty)
    }

    @Test func `another account hides and restores nothing`() async throws {
        let shelf = try await Shelf()
        let item = shelf.item()
        try await shelf.insert(item)
        let stranger = AccountID.random()
        let hidden = try await shelf.database.write {
            try shelf.catalog.hide(item.sample.id, of: stranger, at: shelf.start, in: $0)
        }
        #expect(!hidden)
        #expect(try await shelf.list(of: shelf.owner, PageRequest()).items == [item])
    }

    @Test func `after thirty days in hiding a sample is overdue`() async throws {
        let shelf = try await Shelf()
        let items = (0..<3).map { shelf.item(age: $0) }
        for (day, item) in items.enumerated() {
            try await shelf.insert(item)
            _ = try await shelf.hide(item, at: shelf.start + .seconds(day * 86_400))
        }
        func overdue(day: Double) async throws -> [SampleID] {
            let now = shelf.start + .seconds(day * 86_400)
            return try await shelf.database.read {
                try shelf.catalog.overdue(at: now, limit: 10, in: $0).map(\.id)
            }
        }
        #expect(try await overdue(day: 29.9).isEmpty)
        #expect(try await overdue(day: 30) == [items[0].sample.id])
        #expect(try await overdue(day: 31.5) == [items[0].sample.id, items[1].sample.id])
    }

    @Test func `samples of an older program become findable, in portions`() async throws {
        let shelf = try await Shelf()
        for age in 0..<7 { try await shelf.insert(shelf.item(age: age)) }
        try await shelf.forgetSearch()
        #expect(try await shelf.found(SampleQuery()).isEmpty)
        var counts: [Int] = []
        var last: SampleID?
        repeat {
            last = try await shelf.database.write { [last] in
                try shelf.catalog.indexMissing(after: last, limit: 3, in: $0)
            }
            counts.append(try await shelf.found(SampleQuery()).count)
        } while last != nil
        #expect(counts == [3, 6, 7])
        var query = SampleQuery()
        query.text = "kick"
        #expect(try await shelf.found(query).count == 7)
    }

    @Test func `what was hidden before it became findable stays hidden`() async throws {
        let shelf = try await Shelf()
        let item = shelf.item()
        try await shelf.insert(item)
        try await shelf.forgetSearch()
        _ = try await shelf.hide(item, at: shelf.start)
        #expect(try await shelf.database.write { try shelf.catalog.indexMissing(in: $0) } == nil)
        #expect(try await shelf.found(SampleQuery()).isEmpty)
        var hidden = SampleQuery()
        hidden.isHidden = true
        #expect(try await shelf.found(hidden).map(\.id) == [item.sample.id])
    }
}

extension Shelf {
    /// As a program left it that knew no search.
    fileprivate func forgetSearch() async throws {
        try await database.write { session in
            try session.execute("DELETE FROM sample_facets")
            try session.execute("DELETE FROM sample_words")
        }
    }

    fileprivate func hide(_ item: AnalyzedSample, at now: Timestamp) async throws -> Bool {
        try await database.write { try catalog.hide(item.sample.id, of: owner, at: now, in: $0) }
    }

    fileprivate func restore(_ item: AnalyzedSample) async throws -> Bool {
        try await database.write { try catalog.restore(item.sample.id, of: owner, in: $0) }
    }

    fileprivate func found(_ query: SampleQuery) async throws -> [Sample] {
        try await database.read { try catalog.search(query, of: owner, in: $0).items.map(\.sample) }
    }
}
