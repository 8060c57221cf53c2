import Foundation
import FreshDatabases
import Storage
import StorageTestKit
import Testing

@testable import AudioCore
@testable import SampleLibrary

@Suite struct SampleCatalogTests {
    @Test func `what is put in is found again, unchanged`() async throws {
        let shelf = try await Shelf()
        let item = shelf.item(features: .rich)
        try await shelf.insert(item)
        #expect(try await shelf.find(item.sample.id, of: shelf.owner) == item)
    }

    @Test func `what an analysis did not find stays unknown`() async throws {
        let shelf = try await Shelf()
        let item = shelf.item(features: .bare)
        try await shelf.insert(item)
        #expect(try await shelf.find(item.sample.id, of: shelf.owner) == item)
        let row = try #require(try await shelf.database.read { try $0.row("SELECT * FROM audio_features") })
        #expect(try row.get(optional: "bpm", as: Double.self) == nil)
        #expect(try row.get(optional: "musical_key", as: String.self) == nil)
        #expect(try row.get(optional: "waveform", as: String.self) == nil)
    }

    @Test func `what can be searched for stands in columns of its own`() async throws {
        let shelf = try await Shelf()
        try await shelf.insert(shelf.item(features: .rich))
        let row = try #require(
            try await shelf.database.read { try $0.row("SELECT * FROM samples JOIN audio_features ON sample_id = id") })
        #expect(try row.get("bpm") == 127.502)
        #expect(try row.get("musical_key") == "F#")
        #expect(try row.get("scale") == "minor")
        #expect(try row.get("kind") == "loop")
        #expect(try row.get("format") == "flac")
        #expect(try row.get("duration") == 7.5294)
    }

    @Test func `features survive JSON unchanged`() throws {
        for features in [AudioFeatures.rich, .bare] {
            let text = try JSONEncoder().encode(features)
            #expect(try JSONDecoder().decode(AudioFeatures.self, from: text) == features)
        }
    }

    @Test func `the waveform comes with one sample, not with a list`() async throws {
        let shelf = try await Shelf()
        let item = shelf.item(features: .rich)
        try await shelf.insert(item)
        let listed = try #require(try await shelf.list(of: shelf.owner, PageRequest()).items.first)
        #expect(listed.features.waveform == nil)
        #expect(listed.sample == item.sample)
        #expect(try await shelf.find(item.sample.id, of: shelf.owner)?.features.waveform == item.features.waveform)
    }

    @Test func `another account neither finds, lists nor removes`() async throws {
        let shelf = try await Shelf()
        let (item, other) = (shelf.item(), AccountID.random())
        try await shelf.insert(item)
        #expect(try await shelf.find(item.sample.id, of: other) == nil)
        #expect(try await shelf.list(of: other, PageRequest()).items.isEmpty)
        #expect(try await shelf.remove(item.sample.id, of: other) == nil)
        #expect(try await shelf.find(item.sample.id, of: shelf.owner) == item)
    }

    @Test func `what is removed is gone with all its rows, once`() async throws {
        let shelf = try await Shelf()
        let (item, kept) = (shelf.item(), shelf.item())
        try await shelf.insert(item)
        try await shelf.insert(kept)
        #expect(try await shelf.remove(item.sample.id, of: shelf.owner) == item.sample)
        #expect(try await shelf.remove(item.sample.id, of: shelf.owner) == nil)
        #expect(try await shelf.find(item.sample.id, of: shelf.owner) == nil)
        #expect(try await shelf.list(of: shelf.owner, PageRequest()).items.map(\.sample) == [kept.sample])
        let features: Int? = try await shelf.database.read {
            try $0.row("SELECT COUNT(*) AS n FROM audio_features")?.get("n")
        }
        #expect(features == 1)
    }

    @Test func `a filename is data, whatever it says`() async throws {
        let shelf = try await Shelf()
        for name in ["'; DROP TABLE samples;--.wav", "a\"b\\.wav", "日本.wav", ""] {
            let item = shelf.item(filename: name)
            try await shelf.insert(item)
            #expect(try await shelf.find(item.sample.id, of: shelf.owner)?.sample.filename == name)
        }
    }
}

@Suite struct SamplePagingTests {
    @Test(arguments: [1, 2, 3, 7, 24, 25, 26, 200])
    func `pages are complete, without repeats, newest first, also among equal times`(limit: Int) async throws {
        let shelf = try await Shelf()
        // Five times, five samples each.
        for number in 0..<25 { try await shelf.insert(shelf.item(age: number % 5)) }
        try await shelf.insert(shelf.item(of: .random()))
        var (seen, cursor, pages) = ([Sample](), PageCursor?.none, 0)
        repeat {
            let page = try await shelf.list(of: shelf.owner, PageRequest(limit: limit, after: cursor))
            #expect(page.items.count <= limit)
            seen += page.items.map(\.sample)
            (cursor, pages) = (page.next, pages + 1)
        } while cursor != nil
        #expect(seen.count == 25)
        #expect(Set(seen.map(\.id)).count == 25)
        #expect(pages == (25 + limit - 1) / limit)
        let places = seen.map { ($0.createdAt, $0.id.text) }
        #expect(zip(places, places.dropFirst()).allSatisfy { $0 > $1 })
    }

    @Test func `rows that come and go between two pages shift nothing`() async throws {
        let shelf = try await Shelf()
        var old: [AnalyzedSample] = []
        for age in 1...6 {
            old.append(shelf.item(age: age))
            try await shelf.insert(old[age - 1])
        }
        let first = try await shelf.list(of: shelf.owner, PageRequest(limit: 3))
        try await shelf.insert(shelf.item(age: 0))
        _ = try await shelf.remove(old[2].sample.id, of: shelf.owner)
        let second = try await shelf.list(of: shelf.owner, PageRequest(limit: 3, after: first.next))
        #expect((first.items + second.items).map(\.sample) == old.map(\.sample))
        #expect(second.next == nil)
    }

    @Test func `an empty library is one empty page`() async throws {
        let shelf = try await Shelf()
        let page = try await shelf.list(of: shelf.owner, PageRequest())
        #expect(page.items.isEmpty && page.next == nil)
    }
}
