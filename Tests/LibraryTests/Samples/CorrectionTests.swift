import Storage
import Testing

@testable import AudioCore
@testable import SampleLibrary

@Suite struct CorrectionTests {
    @Test func `what is corrected wins over what was measured, until it is taken back`() async throws {
        let shelf = try await Shelf()
        let item = shelf.item(features: .rich)
        try await shelf.insert(item)
        let wanted = SampleCorrections(bpm: 64, key: Key(.c, .major), role: .bass, kind: .oneShot)
        #expect(try await shelf.correct(item) { $0 = wanted })
        let corrected = try #require(try await shelf.find(item.sample.id, of: shelf.owner))
        #expect(corrected.sample.corrections == wanted && corrected.features == item.features)
        #expect(corrected.bpm == 64 && corrected.key == Key(.c, .major))
        #expect(corrected.role == .bass && corrected.kind == .oneShot)
        var query = SampleQuery()
        (query.tempo, query.keys, query.roles, query.kinds) = (60...70, [Key(.c, .major)], [.bass], [.oneShot])
        query.text = "bass"
        let found = try await shelf.summaries(query)
        #expect(found.map(\.bpm) == [64] && found.map(\.role) == [.bass])
        #expect(try await shelf.correct(item) { ($0.bpm, $0.key, $0.role, $0.kind) = (nil, nil, nil, nil) })
        #expect(try await shelf.find(item.sample.id, of: shelf.owner) == item)
        #expect(try await shelf.summaries(query).isEmpty)
        query = SampleQuery()
        query.tempo = 127...128
        #expect(try await shelf.summaries(query).map(\.sample) == [item.sample])
    }

    @Test func `a new name is found, the old one is not, and tags stay`() async throws {
        let shelf = try await Shelf()
        let item = shelf.item(filename: "kick.wav")
        try await shelf.insert(item)
        let soul = try #require(SampleTag("soul"))
        _ = try await shelf.database.write {
            try shelf.catalog.setTags([soul], of: item.sample.id, owner: shelf.owner, in: $0)
        }
        let isKnown = try await shelf.database.write {
            try shelf.catalog.change(item.sample.id, of: shelf.owner, filename: "Thump.wav", in: $0)
        }
        #expect(isKnown)
        var query = SampleQuery()
        query.text = "thump soul"
        #expect(try await shelf.summaries(query).map(\.sample.filename) == ["Thump.wav"])
        query.text = "kick"
        #expect(try await shelf.summaries(query).isEmpty)
    }

    @Test func `nobody corrects another's sample, or one that is hidden`() async throws {
        let shelf = try await Shelf()
        let item = shelf.item(features: .rich)
        try await shelf.insert(item)
        #expect(try await !shelf.correct(item, as: .random()) { $0.bpm = 64 })
        _ = try await shelf.database.write {
            try shelf.catalog.hide(item.sample.id, of: shelf.owner, at: shelf.start, in: $0)
        }
        #expect(try await !shelf.correct(item) { $0.bpm = 64 })
        #expect(try await shelf.find(item.sample.id, of: shelf.owner)?.bpm == item.bpm)
    }

    @Test func `another analysis leaves corrections, tags and name alone`() async throws {
        let shelf = try await Shelf()
        let item = shelf.item(filename: "loop.wav", features: .rich)
        try await shelf.insert(item)
        #expect(try await shelf.correct(item) { $0.bpm = 64 })
        let soul = try #require(SampleTag("soul"))
        var features = AudioFeatures.rich
        features.loudness.integrated = -20
        features.duration = 3
        let (id, owner, again) = (item.sample.id, shelf.owner, features)
        try await shelf.database.write { session in
            _ = try shelf.catalog.setTags([soul], of: id, owner: owner, in: session)
            #expect(try shelf.catalog.setFeatures(again, of: id, owner: owner, in: session))
            #expect(try !shelf.catalog.setFeatures(again, of: id, owner: .random(), in: session))
        }
        var query = SampleQuery()
        query.text = "soul loop"
        let found = try #require(try await shelf.summaries(query).first)
        #expect(found.bpm == 64 && found.duration == 3 && found.loudness == -20 && found.tags == [soul])
        #expect(try await shelf.find(id, of: owner)?.features == again)
    }

    @Test func `rows of an older program learn their loudness and keep their tags`() async throws {
        let shelf = try await Shelf()
        let item = shelf.item(features: .rich)
        try await shelf.insert(item)
        let soul = try #require(SampleTag("soul"))
        try await shelf.database.write { session in
            _ = try shelf.catalog.setTags([soul], of: item.sample.id, owner: shelf.owner, in: session)
            try session.execute("UPDATE sample_facets SET loudness = -1000")
            #expect(try shelf.catalog.indexMissing(in: session) == nil)
        }
        var query = SampleQuery()
        query.text = "soul"
        #expect(try await shelf.summaries(query).map(\.loudness) == [-13.7421])
    }

    @Test(arguments: [
        ("8A", Key(.a, .minor)), ("12B", Key(.e, .major)), ("13A", nil), ("0B", nil), ("8a", nil), ("", nil),
    ])
    func `a Camelot code names a key`(code: String, key: Key?) {
        #expect(Key(camelot: code) == key)
    }
}

extension Shelf {
    fileprivate func correct(
        _ item: AnalyzedSample, as other: AccountID? = nil,
        _ correct: @escaping @Sendable (inout SampleCorrections) -> Void
    ) async throws -> Bool {
        try await database.write {
            try catalog.change(item.sample.id, of: other ?? owner, in: $0, correct: correct)
        }
    }

    func summaries(_ query: SampleQuery) async throws -> [SampleSummary] {
        try await database.read { try catalog.search(query, of: owner, in: $0).items }
    }
}
