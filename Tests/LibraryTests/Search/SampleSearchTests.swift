import Storage
import StorageTestKit
import Testing

@testable import AudioCore
@testable import SampleLibrary

@Suite struct SampleSearchTests {
    /// Every query gives what a filter over all samples gives, in every order, in pages of any length.
    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func `a search finds exactly what fits, in order`(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let shelf = try await Shelf()
        var all: [SampleSummary] = []
        for _ in 0..<60 { all.append(try await shelf.insertAnything(using: &random)) }
        _ = try await shelf.insertAnything(of: .random(), using: &random)
        for _ in 0..<25 {
            let query = SampleQuery.anything(using: &random)
            let expected = all.filter(query.fits).sorted(by: query.order.precedes)
            let limit = Int.random(in: 1...30, using: &random)
            let found = try await shelf.searchAll(query, limit: limit)
            #expect(found == expected, "\(query) in pages of \(limit)")
            #expect(
                try await shelf.database.read { try shelf.catalog.count(query, of: shelf.owner, in: $0) }
                    == expected.count)
        }
    }

    @Test(arguments: [
        ("kick", ["Kick 01.wav", "kick-drum.wav", "kickstart.aif"]), ("KICK drum", ["kick-drum.wav"]),
        ("cafe", ["Café del mar.flac"]), ("CAFÉ", ["Café del mar.flac"]), ("日本", ["日本語.wav"]), ("01", ["Kick 01.wav"]),
        ("ick", []), ("' OR 1=1 --", []), ("%", nil), ("", nil), ("wav kick", ["Kick 01.wav", "kick-drum.wav"]),
    ])
    func `words are found by their beginnings, whatever their case and accents`(
        text: String, names: [String]?
    ) async throws {
        let shelf = try await Shelf()
        let files = ["Kick 01.wav", "kick-drum.wav", "kickstart.aif", "Café del mar.flac", "日本語.wav"]
        for (age, file) in files.enumerated() { try await shelf.insert(shelf.item(filename: file, age: age)) }
        var query = SampleQuery()
        query.text = text
        #expect(try await shelf.searchAll(query).map(\.sample.filename) == names ?? files)
    }

    @Test func `what has no tempo fits no tempo, from wherever it is asked`() async throws {
        let shelf = try await Shelf()
        let (slow, without) = (shelf.item(features: .rich), shelf.item())
        for item in [slow, without] { try await shelf.insert(item) }
        let query = try SampleQuery(json: #"{"tempo_to": 200}"#)
        #expect(try await shelf.searchAll(query).map(\.sample) == [slow.sample])
        #expect(try await shelf.database.read { try shelf.catalog.count(query, of: shelf.owner, in: $0) } == 1)
    }

    @Test func `tags are found, counted and replaced`() async throws {
        let shelf = try await Shelf()
        let (one, two) = (shelf.item(filename: "a.wav"), shelf.item(filename: "b.wav", age: 1))
        for item in [one, two] { try await shelf.insert(item) }
        let (dusty, soul) = (try #require(SampleTag(" Dusty ")), try #require(SampleTag("soul")))
        #expect(try await shelf.tag(one, [dusty, soul]))
        #expect(try await shelf.tag(two, [soul]))
        #expect(
            try await shelf.database.write {
                try shelf.catalog.setTags([soul], of: one.sample.id, owner: .random(), in: $0)
            } == false)
        var query = SampleQuery()
        query.tags = [dusty, soul]
        #expect(try await shelf.searchAll(query).map(\.tags) == [[dusty, soul]])
        query.tags = []
        query.text = "dus"
        #expect(try await shelf.searchAll(query).map(\.sample) == [one.sample])
        let counts = try await shelf.database.read {
            try shelf.catalog.tags(of: shelf.owner, in: $0).map { "\($0.tag) \($0.count)" }
        }
        #expect(counts == ["dusty 1", "soul 2"])
        #expect(try await shelf.tag(one, []))
        #expect(try await shelf.searchAll(query).isEmpty)
        let many = Set((0...50).compactMap { SampleTag("\($0)") })
        await #expect(throws: LibraryError.tooManyTags(51)) { try await shelf.tag(one, many) }
        #expect(
            SampleTag("") == nil && SampleTag(" \n") == nil && SampleTag("a\u{7}") == nil
                && SampleTag(String(repeating: "x", count: 65)) == nil
        )
    }

    @Test func `a cursor is good for its owner and its query alone`() async throws {
        let shelf = try await Shelf()
        for age in 0..<3 { try await shelf.insert(shelf.item(age: age)) }
        var query = SampleQuery()
        for property in SampleOrder.Property.allCases {
            query.order = SampleOrder(property)
            let page = try await shelf.search(query, limit: 1)
            let cursor = try #require(page.next)
            let text = cursor.encoded(for: shelf.owner, query)
            #expect(SampleCursor(text, for: shelf.owner, query) == cursor)
            #expect(SampleCursor(text, for: .random(), query) == nil)
            var other = query
            other.text = "x"
            #expect(SampleCursor(text, for: shelf.owner, other) == nil)
            #expect(SampleCursor(text + "A", for: shelf.owner, query) == nil)
        }
        #expect(SampleCursor("", for: shelf.owner, query) == nil)
    }

    @Test func `keys that mix well with C major`() {
        let names = Key(.c, .major).compatible.map(\.camelot).sorted()
        #expect(names == ["7B", "8A", "8B", "9B"])
        #expect(Key.allCases.map(\.wheelPlace).sorted() == Array(1...24))
    }

    @Test func `the end of a prefix is the first text beyond it`() {
        #expect("kick".endOfPrefix == "kicl" && "\u{D7FF}".endOfPrefix == "\u{E000}")
        #expect("a\u{10FFFF}".endOfPrefix == "b" && "\u{10FFFF}".endOfPrefix == nil && "".endOfPrefix == nil)
    }
}

extension Shelf {
    fileprivate func search(
        _ query: SampleQuery, limit: Int = 50, after cursor: SampleCursor? = nil
    ) async throws -> SamplePage<SampleSummary> {
        try await database.read { try catalog.search(query, of: owner, limit: limit, after: cursor, in: $0) }
    }

    fileprivate func searchAll(_ query: SampleQuery, limit: Int = 50) async throws -> [SampleSummary] {
        var (found, cursor) = ([SampleSummary](), SampleCursor?.none)
        repeat {
            let page = try await search(query, limit: limit, after: cursor)
            #expect(page.items.count <= limit)
            found += page.items
            cursor = page.next
        } while cursor != nil
        return found
    }

    fileprivate func tag(_ item: AnalyzedSample, _ tags: Set<SampleTag>) async throws -> Bool {
        try await database.write { try catalog.setTags(tags, of: item.sample.id, owner: item.sample.owner, in: $0) }
    }

    fileprivate func insertAnything(
        of owner: AccountID? = nil, using random: inout SplitMix64
    ) async throws -> SampleSummary {
        var features = AudioFeatures.bare
        features.duration = Double(Int.random(in: 1...20, using: &random)) / 2
        features.kind = SoundKind.allCases.randomElement(using: &random) ?? .loop
        let role = Bool.random(using: &random) ? Role.allCases.randomElement(using: &random) : nil
        features.role = role.map { RoleEstimate(role: $0, confidence: 1, reason: "", candidates: []) }
        let bpm = Bool.random(using: &random) ? Double(Int.random(in: 80...90, using: &random)) : nil
        features.rhythm.tempo = bpm.map { Tempo(bpm: $0, confidence: 1, candidates: [], agreement: 1) }
        let key = Bool.random(using: &random) ? Key.allCases.randomElement(using: &random) : nil
        features.tonality.key = key.map { KeyEstimate(key: $0, confidence: 1, candidates: [], tuning: 0) }
        let level = Bool.random(using: &random) ? Double(Int.random(in: -30 ... -20, using: &random)) : nil
        features.loudness.integrated = level
        let names = ["Kick one.wav", "kick two.wav", "Snäre.aif", "snare.wav", "Pad.flac"]
        let item = item(
            of: owner, filename: names.randomElement(using: &random) ?? "", features: features,
            age: Int.random(in: 0...9, using: &random))
        try await insert(item)
        let tags = Set(["dusty", "soul", "wet"].filter { _ in Bool.random(using: &random) }.compactMap(SampleTag.init))
        _ = try await tag(item, tags)
        return SampleSummary(
            sample: item.sample, duration: features.duration, sampleRate: features.sampleRate,
            channels: features.channels, bpm: bpm, key: key, kind: features.kind, role: role,
            loudness: level, tags: tags.sorted { $0.text < $1.text })
    }
}

extension SampleQuery {
    fileprivate static func anything(using random: inout SplitMix64) -> SampleQuery {
        var query = SampleQuery()
        func chance() -> Bool { Int.random(in: 0..<4, using: &random) == 0 }
        if chance() { query.text = ["kick", "sna w", "dus", "pad flac", "clap"].randomElement(using: &random) ?? "" }
        if chance() { query.tempo = (chance() ? 0 : 82)...Double(Int.random(in: 82...90, using: &random)) }
        if chance() { query.keys = Key.allCases.randomElement(using: &random)?.compatible ?? [] }
        if chance() { query.tags = Set(["soul", "wet"].shuffled(using: &random).prefix(1).compactMap(SampleTag.init)) }
        if chance() { query.kinds = Set(SoundKind.allCases.shuffled(using: &random).prefix(2)) }
        if chance() { query.roles = Set(Role.allCases.shuffled(using: &random).prefix(4)) }
        if chance() { query.duration = 2...Double(Int.random(in: 3...9, using: &random)) }
        query.order = SampleOrder(
            SampleOrder.Property.allCases.randomElement(using: &random) ?? .added,
            Bool.random(using: &random) ? .ascending : .descending)
        return query
    }

    fileprivate func fits(_ item: SampleSummary) -> Bool {
        let words = SearchWords(
            ([item.sample.filename, item.role?.rawValue ?? ""] + item.tags.map(\.text)).joined(separator: " "))
        return tempo.map { item.bpm.map($0.contains) ?? false } ?? true
            && duration.map { $0.contains(item.duration) } ?? true
            && (keys.isEmpty || item.key.map(keys.contains) ?? false) && tags.isSubset(of: item.tags)
            && (kinds.isEmpty || kinds.contains(item.kind)) && (roles.isEmpty || item.role.map(roles.contains) ?? false)
            && SearchWords(text).words.allSatisfy { word in words.words.contains { $0.hasPrefix(word) } }
    }
}

extension SampleOrder {
    fileprivate func precedes(_ a: SampleSummary, _ b: SampleSummary) -> Bool {
        direction == .ascending ? isLess(a, b) : isLess(b, a)
    }

    private func isLess(_ a: SampleSummary, _ b: SampleSummary) -> Bool {
        switch property {
        case .added: (a.sample.createdAt, a.sample.id.text) < (b.sample.createdAt, b.sample.id.text)
        case .name:
            (SearchWords.folded(a.sample.filename), a.sample.id.text)
                < (SearchWords.folded(b.sample.filename), b.sample.id.text)
        case .tempo: (a.bpm ?? 0, a.sample.id.text) < (b.bpm ?? 0, b.sample.id.text)
        case .key: (a.key?.wheelPlace ?? 0, a.sample.id.text) < (b.key?.wheelPlace ?? 0, b.sample.id.text)
        case .duration: (a.duration, a.sample.id.text) < (b.duration, b.sample.id.text)
        case .loudness: (a.loudness ?? -200, a.sample.id.text) < (b.loudness ?? -200, b.sample.id.text)
        }
    }
}
