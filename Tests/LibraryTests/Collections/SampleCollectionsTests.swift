import Foundation
import Storage
import Testing

@testable import AudioCore
@testable import SampleLibrary

@Suite struct SampleCollectionsTests {
    @Test func `collections keep their order and lie in each other`() async throws {
        let shelf = try await Shelf()
        let drums = try await shelf.create("Drums")
        let keys = try await shelf.create("Keys")
        let kicks = try await shelf.create("Kicks", in: drums)
        #expect(try await shelf.names(in: nil) == ["Drums", "Keys"])
        #expect(try await shelf.names(in: drums) == ["Kicks"])
        try await shelf.move(kicks, into: keys)
        #expect(try await shelf.names(in: keys) == ["Kicks"])
        #expect(try await shelf.names(in: drums) == [])
        try await shelf.move(kicks, into: nil)
        #expect(try await shelf.names(in: nil) == ["Drums", "Keys", "Kicks"])
    }

    @Test func `a collection is never inside itself, and never too deep`() async throws {
        let shelf = try await Shelf()
        var chain = [try await shelf.create("1")]
        for level in 2...SampleCollection.deepest { chain.append(try await shelf.create("\(level)", in: chain.last)) }
        await #expect(throws: LibraryError.tooDeep) { try await shelf.create("x", in: chain.last) }
        await #expect(throws: LibraryError.insideItself) { try await shelf.move(chain[0], into: chain[3]) }
        await #expect(throws: LibraryError.insideItself) { try await shelf.move(chain[2], into: chain[2]) }
        let other = try await shelf.create("other")
        await #expect(throws: LibraryError.tooDeep) { try await shelf.move(chain[0], into: other) }
        try await shelf.move(chain[1], into: other)
        #expect(try await shelf.names(in: other) == ["2"])
    }

    @Test func `deleting takes what is inside along, and no samples`() async throws {
        let shelf = try await Shelf()
        let drums = try await shelf.create("Drums")
        let kicks = try await shelf.create("Kicks", in: drums)
        let item = shelf.item()
        try await shelf.insert(item)
        try await shelf.add([item], to: kicks)
        for _ in 1...2 {
            try await shelf.database.write { try shelf.collections.delete(drums, of: shelf.owner, in: $0) }
        }
        #expect(try await shelf.names(in: nil) == [])
        #expect(try await shelf.names(in: drums) == [])
        #expect(try await shelf.find(item.sample.id, of: shelf.owner) == item)
    }

    @Test func `samples keep their order, once each`() async throws {
        let shelf = try await Shelf()
        let items = (0..<5).map { shelf.item(filename: "\($0).wav", age: $0) }
        for item in items { try await shelf.insert(item) }
        let set = try await shelf.create("Set")
        try await shelf.add([items[2], items[0]], to: set)
        try await shelf.add([items[0], items[4], items[1]], to: set)
        #expect(try await shelf.files(of: set) == ["2.wav", "0.wav", "4.wav", "1.wav"])
        try await shelf.database.write {
            try shelf.collections.arrange(
                [items[1], items[2], items[1], items[3]].map(\.sample.id), in: set, of: shelf.owner, session: $0)
        }
        #expect(try await shelf.files(of: set) == ["1.wav", "2.wav", "0.wav", "4.wav"])
        #expect(try await shelf.files(of: set, limit: 1) == ["1.wav", "2.wav", "0.wav", "4.wav"])
        try await shelf.database.write {
            try shelf.collections.remove([items[2].sample.id], from: set, of: shelf.owner, in: $0)
            _ = try shelf.catalog.hide(items[0].sample.id, of: shelf.owner, at: shelf.start, in: $0)
            _ = try shelf.catalog.remove(items[4].sample.id, of: shelf.owner, in: $0)
        }
        #expect(try await shelf.files(of: set) == ["1.wav"])
    }

    @Test func `what is another's cannot be put in, read or changed`() async throws {
        let shelf = try await Shelf()
        let (mine, foreign) = (shelf.item(), shelf.item(of: .random()))
        for item in [mine, foreign] { try await shelf.insert(item) }
        let set = try await shelf.create("Set")
        await #expect(throws: LibraryError.notFound("sample")) { try await shelf.add([mine, foreign], to: set) }
        #expect(try await shelf.files(of: set) == [], "all are put in or none")
        let stranger = AccountID.random()
        await #expect(throws: LibraryError.notFound("collection")) {
            try await shelf.database.write {
                try shelf.collections.add(
                    [foreign.sample.id], to: set, of: foreign.sample.owner, at: shelf.start, in: $0)
            }
        }
        await #expect(throws: LibraryError.notFound("collection")) {
            try await shelf.database.write { try shelf.collections.rename(set, to: "x", of: stranger, in: $0) }
        }
        await #expect(throws: LibraryError.notFound("collection")) {
            try await shelf.database.write { session in
                _ = try shelf.collections.create("x", in: set, of: stranger, at: shelf.start, session: session)
            }
        }
        try await shelf.database.write { try shelf.collections.delete(set, of: stranger, in: $0) }
        #expect(try await shelf.names(in: nil) == ["Set"])
    }

    @Test func `rules are kept, judged when asked, and stand against filling by hand`() async throws {
        let shelf = try await Shelf()
        var rules = SampleQuery()
        (rules.text, rules.kinds, rules.tempo, rules.duration) = ("kick", [.oneShot], 80...90.5, 0...2)
        (rules.keys, rules.roles, rules.tags) = (
            Key(.c, .major).compatible, [.kick], Set([SampleTag("soul")].compactMap { $0 })
        )
        rules.order = SampleOrder(.name, .descending)
        let made = rules
        let id = try await shelf.database.write {
            try shelf.collections.create("Smart", rules: made, of: shelf.owner, at: shelf.start, session: $0).id
        }
        let found = try await shelf.database.read { try shelf.collections.find(id, of: shelf.owner, in: $0) }
        #expect(found?.rules == rules)
        let item = shelf.item()
        try await shelf.insert(item)
        await #expect(throws: LibraryError.hasRules) { try await shelf.add([item], to: id) }
        try await shelf.database.write { try shelf.collections.setRules(nil, of: id, owner: shelf.owner, in: $0) }
        try await shelf.add([item], to: id)
        #expect(try await shelf.files(of: id) == ["kick.wav"])
    }

    @Test func `names and rules that do not fit are refused`() async throws {
        let shelf = try await Shelf()
        for name in ["", String(repeating: "x", count: 201), "a\nb"] {
            await #expect(throws: LibraryError.invalidName) { try await shelf.create(name) }
        }
        for json in [
            #"{"keys": ["13A"]}"#, #"{"tempo_from": 90, "tempo_to": 80}"#, #"{"sort": "size"}"#, #"{"tags": [""]}"#,
        ] {
            #expect(throws: DecodingError.self) { try SampleQuery(json: json) }
        }
        #expect(try SampleQuery(json: "{}") == SampleQuery())
        #expect(try SampleQuery(json: #"{"tempo_from": 90}"#).tempo?.contains(1_000) == true)
    }
}

extension Shelf {
    fileprivate var collections: SampleCollections { SampleCollections() }

    @discardableResult
    fileprivate func create(_ name: String, in parent: CollectionID? = nil) async throws -> CollectionID {
        try await database.write {
            try SampleCollections().create(name, in: parent, of: owner, at: start, session: $0).id
        }
    }

    fileprivate func names(in parent: CollectionID?) async throws -> [String] {
        try await database.read { try SampleCollections().list(in: parent, of: owner, in: $0).map(\.name) }
    }

    fileprivate func move(_ id: CollectionID, into parent: CollectionID?) async throws {
        try await database.write { try SampleCollections().move(id, into: parent, of: owner, in: $0) }
    }

    fileprivate func add(_ items: [AnalyzedSample], to id: CollectionID) async throws {
        try await database.write {
            try SampleCollections().add(items.map(\.sample.id), to: id, of: owner, at: start, in: $0)
        }
    }

    /// Names of all samples, read in pages of `limit`.
    fileprivate func files(of id: CollectionID, limit: Int = 50) async throws -> [String] {
        var (names, place) = ([String](), 0)
        while true {
            let after = place
            let page = try await database.read {
                try SampleCollections().samples(of: id, owner: owner, limit: limit, after: after, in: $0)
            }
            guard let last = page.last else { return names }
            names += page.map(\.sample.filename)
            place = last.place
        }
    }
}
