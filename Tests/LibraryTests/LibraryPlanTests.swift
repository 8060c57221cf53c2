import AudioCore
import FreshDatabases
import Storage
import StorageTestKit
import Testing

@testable import SampleLibrary

/// How the engine under test finds what is asked often, with enough rows that an index is worth it.
@Suite struct LibraryPlanTests {
    @Test func `every order is read off an index, from the first page and from any other`() async throws {
        let shelf = try await Self.shelf.value
        let plans = try await QueryPlan.all(on: shelf.database) { database in
            for property in SampleOrder.Property.allCases {
                for direction in SampleOrder.Direction.allCases {
                    var query = SampleQuery()
                    query.order = SampleOrder(property, direction)
                    let first = try await search(query, on: database, of: shelf.owner)
                    let rest = try await search(query, on: database, of: shelf.owner, after: first.next)
                    #expect(first.next != nil && rest.items.count == 10)
                }
            }
        }
        #expect(plans.count == 6 * 2 * 2 * 6)
        for plan in plans {
            #expect(plan.wholeTables.isEmpty, "\(plan)")
            // A page's tags are put in order, by statements of their own.
            if plan.statement.contains("sample_facets") { #expect(plan.sorts.isEmpty, "\(plan)") }
        }
    }

    @Test func `no filter reads a whole table`() async throws {
        let shelf = try await Self.shelf.value
        let plans = try await QueryPlan.all(on: shelf.database) { database in
            for query in try filters() {
                _ = try await search(query, on: database, of: shelf.owner)
                _ = try await database.read { try shelf.catalog.count(query, of: shelf.owner, in: $0) }
            }
        }
        for plan in plans {
            #expect(plan.wholeTables.isEmpty, "\(plan)")
            let isPage = plan.statement.contains("sample_facets") && plan.statement.contains("ORDER BY")
            // PostgreSQL may sort where it expects few; SQLite knows less, and is to walk the index of the order.
            if isPage, FreshDatabase.postgresURL == nil { #expect(plan.sorts.isEmpty, "\(plan)") }
        }
    }

    @Test func `lists come in order off an index, page by page`() async throws {
        let shelf = try await Self.shelf.value
        let owner = shelf.owner
        let plans = try await QueryPlan.all(on: shelf.database) { database in
            _ = try await database.read { session in
                func twoPages<Item>(_ list: (PageRequest) throws -> Page<Item>) throws {
                    let next = try list(PageRequest(limit: 10)).next
                    #expect(try list(PageRequest(limit: 10, after: next)).items.count == 10)
                }
                try twoPages { try shelf.catalog.list(of: owner, $0, in: session) }
                try twoPages { try KitCatalog().list(of: owner, $0, in: session) }
                try twoPages { try LibraryFiles().list(in: nil, of: owner, $0, session: session) }
                try twoPages { try SongCatalog().list(of: owner, $0, session: session) }
                let collections = try SampleCollections().list(in: nil, of: owner, in: session)
                for place in [0, 10] {
                    _ = try SampleCollections().samples(
                        of: collections[0].id, owner: owner, limit: 10, after: place, in: session)
                }
                _ = try shelf.catalog.overdue(at: shelf.start, limit: 10, in: session)
            }
        }
        for plan in plans {
            #expect(plan.wholeTables.isEmpty, "\(plan)")
            // What belongs to a page, or is no page, is put in order by statements of its own.
            let isPage = !plan.statement.contains("stems") && !plan.statement.contains("parent IS NULL")
            if isPage { #expect(plan.sorts.isEmpty, "\(plan)") }
        }
    }

    @Test func `single things are found by an index`() async throws {
        let shelf = try await Self.shelf.value
        let owner = shelf.owner
        let plans = try await QueryPlan.all(on: shelf.database) { database in
            _ = try await database.read { session in
                let sample = try shelf.catalog.list(of: owner, PageRequest(limit: 1), in: session).items[0].sample.id
                #expect(try shelf.catalog.find(sample, of: owner, in: session) != nil)
                let kit = try KitCatalog().list(of: owner, PageRequest(limit: 1), in: session).items[0].id
                #expect(try KitCatalog().find(kit, of: owner, in: session) != nil)
                #expect(try SongCatalog().find(SongID(renaming: sample), of: owner, in: session) != nil)
                #expect(try LibraryFiles().find(FileID(renaming: sample), of: owner, in: session) != nil)
                #expect(try shelf.catalog.tags(of: owner, in: session).count == 1)
            }
        }
        for plan in plans { #expect(plan.wholeTables.isEmpty, "\(plan)") }
    }

    @Test func `counting and comparing read no whole table`() async throws {
        let shelf = try await Self.shelf.value
        let owner = shelf.owner
        let plans = try await QueryPlan.all(on: shelf.database) { database in
            _ = try await database.read { session in
                let sample = try shelf.catalog.list(of: owner, PageRequest(limit: 1), in: session).items[0].sample.id
                _ = try shelf.catalog.counts(of: SampleQuery(), owner: owner, in: session)
                #expect(try !shelf.catalog.tagCounts(of: owner, after: nil, limit: 10, in: session).isEmpty)
                _ = try shelf.catalog.vector(of: sample, owner: owner, in: session)
                let sound = SoundSummary(duration: 1, kind: .loop, bpm: 120, key: Key(.a, .minor))
                _ = try shelf.catalog.matches(
                    for: sound, besides: sample, of: owner, mostShift: 3, mostStretch: 8, count: 10, in: session)
                #expect(try shelf.catalog.summaries(of: [sample], owner: owner, in: session).count == 1)
            }
        }
        for plan in plans {
            #expect(plan.wholeTables.isEmpty, "\(plan)")
            let isMatch = plan.statement.contains("f.bpm") && plan.statement.contains("LIMIT")
            if isMatch, FreshDatabase.postgresURL == nil { #expect(plan.sorts.isEmpty, "\(plan)") }
        }
    }

    @Test func `folders and collections go without a look at what others have`() async throws {
        let shelf = try await Self.shelf.value
        let owner = shelf.owner
        let plans = try await QueryPlan.all(on: shelf.database) { database in
            try await database.write { session in
                let folder = try LibraryFiles().createFolder("gone", of: owner, at: shelf.start, session: session).id
                _ = try LibraryFiles().removeFolder(folder, of: owner, in: session)
                let collection = try SampleCollections().create("gone", of: owner, at: shelf.start, session: session).id
                try SampleCollections().delete(collection, of: owner, in: session)
            }
        }
        // There are few folders: PostgreSQL rightly reads them all.
        for plan in plans { #expect(plan.wholeTables.allSatisfy { $0 == "folders" }, "\(plan)") }
    }

    @Test func `an order that no index gives is told`() async throws {
        let shelf = try await Self.shelf.value
        let plans = try await QueryPlan.all(on: shelf.database) { database in
            _ = try await database.read { try $0.rows("SELECT id FROM samples WHERE size > 0 ORDER BY etag LIMIT 10") }
        }
        #expect(plans.map(\.wholeTables) == [["samples"]] && plans.map(\.sorts.count) == [1], "\(plans)")
    }

    private func search(
        _ query: SampleQuery, on database: any Database, of owner: AccountID, after cursor: SampleCursor? = nil
    ) async throws -> SamplePage<SampleSummary> {
        try await database.read { session in
            let catalog = SampleCatalog()
            let page = try catalog.search(query, of: owner, limit: 10, after: cursor, in: session)
            let whole = try catalog.details(query, of: owner, limit: 10, after: cursor, in: session)
            #expect(whole.items.map(\.summary) == page.items && whole.next == page.next)
            return page
        }
    }

    private func filters() throws -> [SampleQuery] {
        let soul = try #require(SampleTag("soul"))
        let changes: [(inout SampleQuery) -> Void] = [
            { $0.isHidden = true }, { $0.text = "kick" }, { $0.text = "k s" }, { $0.tags = [soul] },
            { $0.keys = Key(.a, .minor).compatible }, { $0.kinds = [.loop] }, { $0.roles = [.kick] },
            { $0.tempo = 90...100 }, { ($0.tempo, $0.order) = (90...91, SampleOrder(.tempo)) },
            { $0.duration = 0...1 }, { ($0.duration, $0.order) = (0...1, SampleOrder(.duration, .descending)) },
            {
                ($0.text, $0.tempo, $0.keys) = ("kick", 80...140, Key(.a, .minor).compatible)
                ($0.tags, $0.kinds, $0.order) = ([soul], [.loop], SampleOrder(.name))
            },
        ]
        return changes.map { change in
            var query = SampleQuery()
            change(&query)
            return query
        }
    }

    /// 1,000 samples, files, songs, collections and kits of one owner, nine times as many of others: an engine that reckons
    /// with costs rightly sorts a few rows, and reads a table whole when it wants half of it.
    private static let shelf = Task {
        let shelf = try await Shelf()
        var random = SplitMix64(seed: 1)
        try await shelf.fill(using: &random)
        return shelf
    }
}

extension Shelf {
    fileprivate func fill(using random: inout SplitMix64) async throws {
        var made: [(AnalyzedSample, Set<SampleTag>)] = []
        for age in 0..<50 {
            var features = AudioFeatures.rich
            features.duration = Double(Int.random(in: 1...40, using: &random)) / 10
            features.rhythm.tempo?.bpm = Double(Int.random(in: 60...160, using: &random))
            features.loudness.integrated = Double(Int.random(in: -300 ... -60, using: &random)) / 10
            features.similarity = .random(using: &random)
            let key = Key.allCases.randomElement(using: &random) ?? Key(.c, .major)
            features.tonality.key = KeyEstimate(key: key, confidence: 1, candidates: [], tuning: 0)
            let name = ["kick", "snare", "pad", "bass"].randomElement(using: &random) ?? ""
            let tags = age % 3 == 0 ? [SampleTag("soul")].compactMap { $0 } : []
            made.append((item(filename: "\(name) \(age).wav", features: features, age: age), Set(tags)))
        }
        let kit = Kit(name: "Kit", pads: PadAddress.all.map { KitPad($0, sample: made[0].0.sample.id.text) })
        let items = made
        try await write { session in
            for (item, tags) in items {
                try catalog.insert(item, in: session)
                _ = try catalog.setTags(tags, of: item.sample.id, owner: owner, in: session)
            }
            for age in 0..<20 { _ = try KitCatalog().create(kit, of: owner, at: start - .seconds(age), in: session) }
            let ids = items.map(\.0.sample.id)
            for number in 1..<200 { try copy(ids, to: number < 20 ? owner : .random(), number, in: session) }
            try fillRest(in: session)
            try QueryPlan.analyze(session)
        }
    }

    /// One file, song with a stem, kit and collection for each sample, and all samples of an owner in the first of the collections.
    private func fillRest(in session: any WriteSession) throws {
        try session.execute(
            """
            INSERT INTO files (id, owner, name, object_key, content_type, size, etag, public, created_at)
            SELECT id, owner, filename, object_key, content_type, size, etag, 0, created_at FROM samples
            """)
        try session.execute(
            """
            INSERT INTO songs (id, owner, title, object_key, sha256, duration, created_at)
            SELECT id, owner, filename, object_key, id, duration, created_at FROM samples
            """)
        try session.execute(
            """
            INSERT INTO stems (song, name, object_key, content_type, size, gain)
            SELECT id, 'drums', object_key, content_type, size, 0 FROM samples
            """)
        try session.execute(
            """
            INSERT INTO kits (id, owner, name, bpm, created_at)
            SELECT id, owner, filename, 120, created_at FROM samples
            """)
        try session.execute(
            """
            INSERT INTO collections (id, owner, name, place, created_at)
            SELECT id, owner, filename, ROW_NUMBER() OVER (ORDER BY id), created_at FROM samples
            """)
        try session.execute(
            """
            INSERT INTO collection_samples (collection_id, sample_id, place, added_at)
            SELECT FIRST_VALUE(id) OVER of_owner, id, ROW_NUMBER() OVER of_owner, created_at
            FROM samples WINDOW of_owner AS (PARTITION BY owner ORDER BY id)
            """)
    }

    /// The rows of some samples of the owner's once more, under other names.
    private func copy(
        _ samples: [SampleID], to other: AccountID, _ number: Int, in session: any WriteSession
    ) throws {
        let (name, earlier) = ("\(10_000_000 + number)", number * 50_000)
        for (table, column) in [("sample_tags", "tag"), ("sample_words", "word")] as [(SQL, SQL)] {
            try session.execute(
                """
                INSERT INTO \(table) (owner, \(column), sample_id)
                SELECT \(other), \(column), \(name) || substr(sample_id, 9) FROM \(table)
                WHERE sample_id IN (\(list: samples))
                """)
        }
        try session.execute(
            """
            INSERT INTO audio_features (sample_id, bpm, musical_key, scale, kind, features, waveform)
            SELECT \(name) || substr(sample_id, 9), bpm, musical_key, scale, kind, features, waveform
            FROM audio_features WHERE sample_id IN (\(list: samples))
            """)
        try session.execute(
            """
            INSERT INTO sample_facets (owner, id, hidden, created_at, name, bpm, key_place, duration, kind, role,
                loudness)
            SELECT \(other), \(name) || substr(id, 9), hidden, created_at - \(earlier), name, bpm, key_place,
                duration, kind, role, loudness FROM sample_facets WHERE owner = \(owner) AND id IN (\(list: samples))
            """)
        try session.execute(
            """
            INSERT INTO sample_vectors (owner, sample_id, version, vector)
            SELECT \(other), \(name) || substr(sample_id, 9), version, vector FROM sample_vectors
            WHERE owner = \(owner) AND sample_id IN (\(list: samples))
            """)
        try session.execute(
            """
            INSERT INTO samples (id, owner, filename, object_key, content_type, size, etag, format, duration,
                sample_rate, channels, created_at)
            SELECT \(name) || substr(id, 9), \(other), filename, object_key, content_type, size, etag, format, duration,
                sample_rate, channels, created_at - \(earlier) FROM samples WHERE id IN (\(list: samples))
            """)
    }
}
