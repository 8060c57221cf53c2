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

/// A catalog over an empty database.
private struct Shelf {
    let database: any Database
    let catalog = SampleCatalog()
    let owner = AccountID.random()
    let start = Timestamp(milliseconds: 1_800_000_000_123)

    init() async throws {
        database = try await FreshDatabase.make()
        try await database.migrate([LibrarySchema.migrations], at: start)
    }

    /// - Parameter age: seconds before `start`.
    func item(
        of owner: AccountID? = nil, filename: String = "kick.wav", features: AudioFeatures = .bare, age: Int = 0
    ) -> AnalyzedSample {
        let (id, owner) = (SampleID.random(), owner ?? self.owner)
        let sample = Sample(
            id: id, owner: owner, filename: filename, object: ObjectKey(in: "processed", of: owner, id),
            contentType: "audio/wav", size: 44, etag: "e-\(id)", createdAt: start - .seconds(age))
        return AnalyzedSample(sample: sample, features: features)
    }

    func insert(_ item: AnalyzedSample) async throws {
        try await database.write { try catalog.insert(item, in: $0) }
    }

    func find(_ id: SampleID, of owner: AccountID) async throws -> AnalyzedSample? {
        try await database.read { try catalog.find(id, of: owner, in: $0) }
    }

    func list(of owner: AccountID, _ page: PageRequest) async throws -> Page<AnalyzedSample> {
        try await database.read { try catalog.list(of: owner, page, in: $0) }
    }

    func remove(_ id: SampleID, of owner: AccountID) async throws -> Sample? {
        try await database.write { try catalog.remove(id, of: owner, in: $0) }
    }
}

extension AudioFeatures {
    fileprivate static let rich: AudioFeatures = {
        var features = bare
        (features.format, features.duration, features.sampleRate, features.channels) = (.flac, 7.5294, 44_100, 2)
        (features.frames, features.bitDepth, features.kind) = (332_047, 24, .loop)
        let tempo = Tempo(
            bpm: 127.502, confidence: 0.9125,
            candidates: [
                TempoCandidate(bpm: 127.502, probability: 0.9), TempoCandidate(bpm: 63.751, probability: 0.1),
            ],
            agreement: 1)
        features.rhythm = Rhythm(tempo: tempo, onsets: [0.003, 0.236, 0.474], beats: [0, 0.471])
        features.tonality.key = KeyEstimate(
            key: Key(.fSharp, .minor), confidence: 0.71,
            candidates: [
                KeyCandidate(key: Key(.fSharp, .minor), probability: 0.7),
                KeyCandidate(key: Key(.a, .major), probability: 0.3, relation: .relative),
            ],
            tuning: -0.123)
        features.timbre.centroid = MeanAndDeviation(mean: 2_345.67, standardDeviation: 123.456)
        features.timbre.flatness = MeanAndDeviation(mean: 0.000123456, standardDeviation: 0)
        features.timbre.mfcc = [MeanAndDeviation(mean: -217.875, standardDeviation: 1e-6)]
        features.loudness = Loudness(integrated: -13.7421, range: 4.2, truePeak: -0.300001)
        features.waveform = WaveformPeaks(min: [-0.5, -1, -0.0001], max: [0.5, 0.9999, 0])
        return features
    }()

    fileprivate static let bare = AudioFeatures(
        duration: 0.01, sampleRate: 8_000, channels: 1, frames: 80, kind: .oneShot)
}

@Suite struct SampleQueryPlanTests {
    @Test func `finding, listing and removing reads no whole table`() async throws {
        let shelf = try await Shelf()
        let item = shelf.item()
        try await shelf.insert(item)
        let items = (0..<2000).map { shelf.item(of: .random(), age: $0) }
        try await shelf.database.write { session in
            for item in items { try shelf.catalog.insert(item, in: session) }
            try session.execute("ANALYZE")
        }
        let plans = try await QueryPlan.all(on: shelf.database) { database in
            let (catalog, owner, id) = (shelf.catalog, shelf.owner, item.sample.id)
            _ = try await database.read { session in
                let page = try catalog.list(of: owner, PageRequest(limit: 1), in: session)
                let cursor = PageCursor(createdAt: shelf.start, id: id.text)
                _ = try catalog.list(of: owner, PageRequest(limit: 1, after: page.next ?? cursor), in: session)
                _ = try catalog.find(id, of: owner, in: session)
            }
            _ = try await database.write { try catalog.remove(id, of: owner, in: $0) }
        }
        #expect(plans.count == 5)
        for plan in plans { #expect(plan.wholeTables.isEmpty, "\(plan)") }
    }
}
