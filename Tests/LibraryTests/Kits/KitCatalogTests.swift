import AudioCore
import Storage
import Testing

@testable import SampleLibrary

@Suite struct KitCatalogTests {
    private let kits = KitCatalog()

    @Test func `a kit comes back as it was, with what is on its pads`() async throws {
        let shelf = try await Shelf()
        let (kick, snare) = (try await shelf.sample("kick.wav"), try await shelf.sample("snare.wav"))
        var kit = Kit(name: "Dusty", bpm: 92.5, pads: [try pad("A1", kick), try pad("B16", snare)])
        (kit.pads[0].chops, kit.pads[0].name, kit.pads[0].muteGroup) = ([5, 9], "Boom", 3)
        (kit.pads[1].reverse, kit.pads[1].stretch, kit.pads[1].end) = (true, 87.5, 77)
        kit.banks = [KitBank("B", bpm: 120, volume: 90, protected: true)]
        let made = try await shelf.create(kit)
        #expect(made.kit == kit)
        #expect(try made.samples == [address("A1"): kick.sample, address("B16"): snare.sample])
        #expect(made.silent.isEmpty)
        #expect(try await shelf.kit(made.id) == made)
        let bare = try await shelf.create(Kit(name: "Bare"))
        #expect(bare.kit == Kit(name: "Bare"))
    }

    @Test func `pads are set, cleared, and change places`() async throws {
        let shelf = try await Shelf()
        let (kick, snare) = (try await shelf.sample("kick.wav"), try await shelf.sample("snare.wav"))
        let id = try await shelf.create(Kit(name: "Kit", pads: [try pad("A1", kick)])).id
        var quiet = try pad("A2", snare)
        quiet.level = 40
        let set = quiet
        try await shelf.write { try kits.setPad(set, of: id, owner: shelf.owner, in: $0) }
        try await shelf.exchange("A1", "A2", of: id)
        var moved = quiet
        moved.address = try address("A1")
        #expect(try await shelf.kit(id).kit.pads == [moved, try pad("A2", kick)])
        try await shelf.exchange("A2", "J16", of: id)
        #expect(try await shelf.kit(id).kit.pads == [moved, try pad("J16", kick)])
        for pads in [("B1", "B2"), ("A1", "A1")] { try await shelf.exchange(pads.0, pads.1, of: id) }
        #expect(try await shelf.kit(id).kit.pads == [moved, try pad("J16", kick)])
        let again = try pad("A1", kick)
        try await shelf.write { try kits.setPad(again, of: id, owner: shelf.owner, in: $0) }
        let last = try address("J16")
        for _ in 1...2 {
            try await shelf.write { try kits.clearPad(last, of: id, owner: shelf.owner, in: $0) }
        }
        #expect(try await shelf.kit(id).kit.pads == [again])
    }

    @Test func `pads whose samples are hidden or purged are told, and left out of what is played`() async throws {
        let shelf = try await Shelf()
        let (kick, snare, hat) = (
            try await shelf.sample("kick.wav"), try await shelf.sample("snare.wav"), try await shelf.sample("hat.wav")
        )
        let kit = Kit(name: "Kit", pads: [try pad("A1", kick), try pad("A2", snare), try pad("A3", hat)])
        let id = try await shelf.create(kit).id
        try await shelf.write { session in
            _ = try shelf.catalog.hide(snare.sample.id, of: shelf.owner, at: shelf.start, in: session)
            _ = try shelf.catalog.remove(hat.sample.id, of: shelf.owner, in: session)
        }
        let found = try await shelf.kit(id)
        #expect(found.kit == kit, "the pads stay")
        #expect(
            found.silent
                == [try address("A2"): .hidden(since: shelf.start), try address("A3"): .purged(filename: "hat.wav")])
        #expect(found.samples.count == 2)
        #expect(found.playable(\.filename).pads.map(\.sample) == ["kick.wav"])
        let copy = try await shelf.write {
            try kits.duplicate(id, as: "Copy", of: shelf.owner, at: shelf.start, in: $0)
        }
        #expect(copy.silent == found.silent && copy.kit.pads == kit.pads)
        try await shelf.write { _ = try shelf.catalog.restore(snare.sample.id, of: shelf.owner, in: $0) }
        #expect(try await shelf.kit(id).silent.count == 1)
        #expect(try await shelf.kit(id).playable(\.filename).pads.map(\.sample) == ["kick.wav", "snare.wav"])
    }

    @Test func `a copy is a kit of its own`() async throws {
        let shelf = try await Shelf()
        let kick = try await shelf.sample("kick.wav")
        let kit = Kit(name: "Kit", bpm: 80, pads: [try pad("A1", kick)], banks: [KitBank("A", volume: 9)])
        let id = try await shelf.create(kit).id
        let copy = try await shelf.write {
            try kits.duplicate(id, as: "Copy", of: shelf.owner, at: shelf.start, in: $0)
        }
        var expected = kit
        expected.name = "Copy"
        #expect(copy.kit == expected && copy.id != id)
        let first = try address("A1")
        try await shelf.write { session in
            try kits.clearPad(first, of: id, owner: shelf.owner, in: session)
            try kits.update(id, name: "Other", bpm: 90, banks: .some(nil), of: shelf.owner, in: session)
        }
        #expect(try await shelf.kit(copy.id) == copy)
        #expect(try await shelf.kit(id).kit == Kit(name: "Other", bpm: 90))
        for _ in 1...2 { try await shelf.write { try kits.delete(id, of: shelf.owner, in: $0) } }
        await #expect(throws: LibraryError.notFound("kit")) { try await shelf.exchange("A1", "A2", of: id) }
        #expect(try await shelf.kit(copy.id) == copy)
        #expect(try await shelf.find(kick.sample.id, of: shelf.owner) == kick, "samples stay")
    }

    @Test func `kits are listed newest first, page by page, with how many pads they fill`() async throws {
        let shelf = try await Shelf()
        let kick = try await shelf.sample("kick.wav")
        for age in [3, 0, 2, 1, 1] {
            let pads = try PadAddress.all.prefix(age).map { try pad($0.description, kick) }
            _ = try await shelf.create(Kit(name: "\(age)", pads: pads), age: age)
        }
        var (found, cursor) = ([KitSummary](), PageCursor?.none)
        repeat {
            let request = PageRequest(limit: 2, after: cursor)
            let page = try await shelf.database.read { try kits.list(of: shelf.owner, request, in: $0) }
            found += page.items
            cursor = page.next
        } while cursor != nil
        #expect(found.map(\.name) == ["0", "1", "1", "2", "3"])
        #expect(found.map(\.pads) == [0, 1, 1, 2, 3])
        #expect(Set(found.map(\.id)).count == 5)
    }

    @Test func `what is another's is neither read, changed nor put on a pad`() async throws {
        let shelf = try await Shelf()
        let (kick, foreign) = (try await shelf.sample("kick.wav"), shelf.item(of: .random()))
        try await shelf.insert(foreign)
        let made = try await shelf.create(Kit(name: "Kit", pads: [try pad("A1", kick)]))
        let (id, stranger) = (made.id, foreign.sample.owner)
        #expect(try await shelf.database.read { try kits.find(id, of: stranger, in: $0) } == nil)
        #expect(try await shelf.database.read { try kits.list(of: stranger, PageRequest(), in: $0) }.items.isEmpty)
        let (taken, first) = (try pad("A2", foreign), try address("A1"))
        for change: @Sendable (any WriteSession) throws -> Void in [
            { try kits.setPad(taken, of: id, owner: stranger, in: $0) },
            { try kits.clearPad(first, of: id, owner: stranger, in: $0) },
            { try kits.exchangePads(first, taken.address, of: id, owner: stranger, in: $0) },
            { try kits.update(id, name: "Mine", of: stranger, in: $0) },
            { _ = try kits.duplicate(id, as: "Mine", of: stranger, at: shelf.start, in: $0) },
        ] {
            await #expect(throws: LibraryError.notFound("kit")) { try await shelf.write(change) }
        }
        try await shelf.write { try kits.delete(id, of: stranger, in: $0) }
        await #expect(throws: LibraryError.notFound("sample")) {
            try await shelf.write { try kits.setPad(taken, of: id, owner: shelf.owner, in: $0) }
        }
        await #expect(throws: LibraryError.notFound("sample")) {
            _ = try await shelf.create(Kit(name: "Kit", pads: [taken]))
        }
        #expect(try await shelf.kit(id) == made)
        #expect(
            try await shelf.database.read { try kits.list(of: shelf.owner, PageRequest(), in: $0) }.items.count == 1)
    }

    @Test func `what no sampler takes is refused with what to do`() async throws {
        let shelf = try await Shelf()
        let kick = try await shelf.sample("kick.wav")
        let good = try pad("A1", kick)
        let id = try await shelf.create(Kit(name: "Kit", pads: [good])).id
        var (loud, wordy) = (good, good)
        (loud.level, wordy.reason) = (128, String(repeating: "x", count: 5_000))
        for kit in [
            Kit(name: ""), Kit(name: "Kit", bpm: 300), Kit(name: "Kit", pads: [good, good]),
            Kit(name: "Kit", pads: [loud]), Kit(name: "Kit", pads: [wordy]),
        ] {
            await #expect(throws: LibraryError.self) { try await shelf.create(kit) }
        }
        let (high, unnamed) = (loud, KitPad(good.address, sample: "kick.wav"))
        await #expect(throws: LibraryError.unfitKit("A1: level 128: use 0 to 127")) {
            try await shelf.write { try kits.setPad(high, of: id, owner: shelf.owner, in: $0) }
        }
        await #expect(throws: LibraryError.notFound("sample")) {
            try await shelf.write { try kits.setPad(unnamed, of: id, owner: shelf.owner, in: $0) }
        }
        await #expect(throws: LibraryError.self) {
            try await shelf.write { try kits.update(id, bpm: .nan, of: shelf.owner, in: $0) }
        }
        #expect(try await shelf.kit(id).kit.pads == [good])
    }

    private func address(_ text: String) throws -> PadAddress { try #require(PadAddress(text)) }

    private func pad(_ text: String, _ item: AnalyzedSample) throws -> KitPad {
        KitPad(try address(text), sample: item.sample.id.text)
    }
}

extension Shelf {
    fileprivate func sample(_ filename: String) async throws -> AnalyzedSample {
        let item = item(filename: filename)
        try await insert(item)
        return item
    }

    @discardableResult
    fileprivate func create(_ kit: Kit, age: Int = 0) async throws -> LibraryKit {
        try await write { try KitCatalog().create(kit, of: owner, at: start - .seconds(age), in: $0) }
    }

    fileprivate func kit(_ id: KitID) async throws -> LibraryKit {
        try #require(try await database.read { try KitCatalog().find(id, of: owner, in: $0) })
    }

    fileprivate func exchange(_ one: String, _ other: String, of id: KitID) async throws {
        let (one, other) = (try #require(PadAddress(one)), try #require(PadAddress(other)))
        try await write { try KitCatalog().exchangePads(one, other, of: id, owner: owner, in: $0) }
    }
}
