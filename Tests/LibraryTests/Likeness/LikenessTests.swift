import Storage
import StorageTestKit
import Testing

@testable import AudioCore
@testable import SampleLibrary

@Suite struct LikenessTests {
    @Test func `a vector survives its row unchanged`() throws {
        var random = SplitMix64(seed: 5)
        for _ in 0..<200 {
            let vector = SimilarityVector.random(using: &random)
            #expect(SimilarityVector(packed: vector.packed) == vector)
        }
        #expect(SimilarityVector(packed: []) == nil)
        #expect(SimilarityVector(packed: [UInt8](repeating: 0x7F, count: 2 * SimilarityVector.length)) == nil)
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `the nearest are those that comparing with all of them gives`(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let shelf = try await Shelf()
        var all: [(id: SampleID, vector: SimilarityVector)] = []
        for _ in 0..<40 {
            let vector = SimilarityVector.random(using: &random)
            all.append((try await shelf.insert(vector), vector))
        }
        _ = try await shelf.insert(nil)
        _ = try await shelf.insert(all[0].vector, of: .random())
        let (query, hidden, older) = (all[0], all[1], all[2])
        try await shelf.database.write { session in
            _ = try shelf.catalog.hide(hidden.id, of: shelf.owner, at: shelf.start, in: session)
            try session.execute("UPDATE sample_vectors SET version = 0 WHERE sample_id = \(older.id)")
        }
        let expected = all.dropFirst(3).map {
            SampleDistance(id: $0.id, distance: $0.vector.distance(to: query.vector), vector: $0.vector)
        }
        .sorted { ($0.distance, $0.id.text) < ($1.distance, $1.id.text) }
        #expect(try await shelf.nearest(to: query, count: 7) == Array(expected.prefix(7)))
        let most = expected[4].distance
        #expect(try await shelf.nearest(to: query, count: 100, within: most) == Array(expected.prefix(5)))
        #expect(try await shelf.nearest(to: query, count: 0).isEmpty)
    }

    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func `what matches is what trying all of them gives`(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let shelf = try await Shelf()
        var all: [SampleSummary] = []
        for _ in 0..<60 { all.append(try await shelf.insertTonal(using: &random)) }
        let hidden = all[59].sample.id
        _ = try await shelf.database.write {
            try shelf.catalog.hide(hidden, of: shelf.owner, at: shelf.start, in: $0)
        }
        for query in all.prefix(12) {
            let sound = SoundSummary(duration: 1, kind: .loop, bpm: query.bpm, key: query.key)
            let (shift, stretch) = (Int.random(in: 0...6, using: &random), Double.random(in: 0...50, using: &random))
            let expected = all.dropLast().filter { $0.sample.id != query.sample.id }.compactMap { other in
                MixMatch(
                    of: SoundSummary(duration: 1, kind: .loop, bpm: other.bpm, key: other.key), to: sound,
                    mostShift: shift, mostStretch: stretch
                ).map { SampleMatch(id: other.sample.id, bpm: other.bpm, key: other.key, match: $0) }
            }
            // Without a tempo on either side only keys can fit; without a key, only tempos.
            .sorted { ($0.unknowns, $0.match.change, $0.id.text) < ($1.unknowns, $1.match.change, $1.id.text) }
            let found = try await shelf.database.read { session in
                try shelf.catalog.matches(
                    for: sound, besides: query.sample.id, of: shelf.owner, mostShift: shift, mostStretch: stretch,
                    count: 200, in: session)
            }
            #expect(found == expected, "\(String(describing: query.bpm)) \(String(describing: query.key)) \(stretch)")
        }
    }

    @Test func `counts are those of what a search finds`() async throws {
        var random = SplitMix64(seed: 9)
        let shelf = try await Shelf()
        let (soul, wet) = (try #require(SampleTag("soul")), try #require(SampleTag("wet")))
        for place in 0..<30 {
            let sample = try await shelf.insertTonal(using: &random).sample
            let tags: Set<SampleTag> = place < 20 ? (place < 7 ? [soul, wet] : [wet]) : []
            _ = try await shelf.database.write {
                try shelf.catalog.setTags(tags, of: sample.id, owner: shelf.owner, in: $0)
            }
        }
        for text in ["", "wet"] {
            var query = SampleQuery()
            query.text = text
            let (found, asked) = (try await shelf.summaries(query), query)
            let counts = try await shelf.database.read {
                try shelf.catalog.counts(of: asked, owner: shelf.owner, in: $0)
            }
            #expect(counts.total == found.count)
            #expect(counts.keys == Dictionary(grouping: found.compactMap(\.key)) { $0 }.mapValues(\.count))
            #expect(counts.kinds == [.oneShot: found.count])
            #expect(counts.tempo?.lowerBound == found.compactMap(\.bpm).min())
            #expect(counts.tempo?.upperBound == found.compactMap(\.bpm).max())
            #expect(counts.tags == [TagCount(tag: wet, count: 20), TagCount(tag: soul, count: 7)])
        }
        let hidden = try await shelf.summaries(SampleQuery())[0].sample.id
        let (pages, tagged) = try await shelf.database.write { session in
            let tagged = try shelf.catalog.tags(of: hidden, owner: shelf.owner, in: session).count
            _ = try shelf.catalog.hide(hidden, of: shelf.owner, at: shelf.start, in: session)
            let first = try shelf.catalog.tagCounts(of: shelf.owner, after: nil, limit: 1, in: session)
            let rest = try shelf.catalog.tagCounts(of: shelf.owner, after: "soul", limit: 1, in: session)
            return ([first, rest], tagged)
        }
        #expect(pages[0].map(\.tag.text) == ["soul", "wet"] && pages[1].map(\.tag.text) == ["wet"])
        #expect(pages[0].map(\.count).reduce(0, +) == 27 - tagged)
        let nothing = try await shelf.database.read {
            try shelf.catalog.counts(of: SampleQuery(), owner: .random(), in: $0)
        }
        #expect(nothing == SampleCounts())
    }

    @Test func `a collection narrows a search to what is in it, or fits its rules`() async throws {
        let shelf = try await Shelf()
        let (one, two) = (shelf.item(filename: "a.wav", features: .rich), shelf.item(filename: "b.wav", age: 1))
        for item in [one, two] { try await shelf.insert(item) }
        let id = try await shelf.database.write { session in
            let made = try SampleCollections().create("mine", of: shelf.owner, at: shelf.start, session: session)
            try SampleCollections().add(
                [two.sample.id], to: made.id, of: shelf.owner, at: shelf.start, in: session)
            return made.id
        }
        var query = SampleQuery()
        query.collection = id
        #expect(try await shelf.summaries(query).map(\.sample) == [two.sample])
        query = SampleQuery()
        query.rules = [try SampleQuery(json: #"{"kinds": ["loop"]}"#)]
        #expect(try await shelf.summaries(query).map(\.sample) == [one.sample])
        query.kinds = [.oneShot]
        #expect(try await shelf.summaries(query).isEmpty)
    }
}

extension SimilarityVector {
    static func random(using random: inout SplitMix64) -> SimilarityVector {
        let values = (0..<length).map { _ in Float(Int.random(in: -20_000...20_000, using: &random)) / 10_000 }
        guard let vector = SimilarityVector(values) else { preconditionFailure("values within the limits") }
        return vector
    }
}

extension Shelf {
    fileprivate func insert(_ vector: SimilarityVector?, of owner: AccountID? = nil) async throws -> SampleID {
        var features = AudioFeatures.bare
        features.similarity = vector
        let item = item(of: owner, features: features)
        try await insert(item)
        return item.sample.id
    }

    fileprivate func nearest(
        to query: (id: SampleID, vector: SimilarityVector), count: Int, within most: Float = .infinity
    ) async throws -> [SampleDistance] {
        try await database.read {
            try catalog.nearest(
                to: query.vector, besides: query.id, of: owner, count: count, within: most, in: $0)
        }
    }

    fileprivate func insertTonal(using random: inout SplitMix64) async throws -> SampleSummary {
        var features = AudioFeatures.bare
        let bpm = Int.random(in: 0...3, using: &random) > 0 ? Double(Int.random(in: 60...180, using: &random)) : nil
        features.rhythm.tempo = bpm.map { Tempo(bpm: $0, confidence: 1, candidates: [], agreement: 1) }
        let key = Int.random(in: 0...3, using: &random) > 0 ? Key.allCases.randomElement(using: &random) : nil
        features.tonality.key = key.map { KeyEstimate(key: $0, confidence: 1, candidates: [], tuning: 0) }
        let item = item(features: features)
        try await insert(item)
        return try #require(
            try await database.read { try catalog.summaries(of: [item.sample.id], owner: owner, in: $0) }.first)
    }
}
