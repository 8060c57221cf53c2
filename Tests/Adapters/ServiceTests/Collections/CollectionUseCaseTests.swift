import AudioCore
import Auth
import SampleLibrary
import Storage
import Testing

@testable import WaxwingService

@Suite struct CollectionUseCaseTests {
    @Test func `samples lie in the order of their owner, page by page`() async throws {
        let studio = try await Studio()
        let ids = try await studio.samples("a.wav", "b.wav", "c.wav")
        let (collections, caller) = (studio.useCases.collections, studio.caller)
        let drums = try await collections.create("Drums", in: nil, rules: nil, of: caller).collection.id
        #expect(try await collections.change(.add, ids, of: drums, for: caller).samples == 3)
        _ = try await collections.change(.arrange, [ids[2], ids[0]], of: drums, for: caller)
        let first = try await collections.samples(of: drums, for: caller, limit: 2, after: nil)
        #expect(first.items.map(\.summary.sample.id) == [ids[2], ids[0]])
        let second = try await collections.samples(of: drums, for: caller, limit: 2, after: first.next)
        #expect((second.items.map(\.summary.sample.id), second.next) == ([ids[1]], nil))
        #expect(try await collections.change(.remove, [ids[0]], of: drums, for: caller).samples == 2)
        #expect(
            await refusal { try await collections.samples(of: drums, for: caller, limit: 2, after: "x") } == "invalid")
        let other = try await collections.create("Other", in: nil, rules: nil, of: caller).collection.id
        #expect(
            await refusal { try await collections.samples(of: other, for: caller, limit: 2, after: first.next) }
                == "invalid")
    }

    @Test func `rules are judged whenever they are looked at`() async throws {
        let studio = try await Studio()
        let (collections, caller) = (studio.useCases.collections, studio.caller)
        var rules = SampleQuery()
        rules.text = "kick"
        let kicks = try await collections.create("Kicks", in: nil, rules: rules, of: caller)
        #expect(kicks.samples == 0)
        let ids = try await studio.samples("kick 1.wav", "snare.wav", "kick 2.wav")
        #expect(try await collections.collection(kicks.collection.id, of: caller).samples == 2)
        let first = try await collections.samples(of: kicks.collection.id, for: caller, limit: 1, after: nil)
        #expect(first.items.map(\.summary.sample.id) == [ids[2]])
        let next = try #require(first.next)
        let second = try await collections.samples(of: kicks.collection.id, for: caller, limit: 1, after: next)
        #expect((second.items.map(\.summary.sample.id), second.next) == ([ids[0]], nil))
        // Nothing is put in by hand, and what was cannot be hidden behind rules.
        #expect(
            await refusal { try await collections.change(.add, ids, of: kicks.collection.id, for: caller) }
                == "conflict")
        _ = try await collections.update(kicks.collection.id, rules: .some(nil), of: caller)
        _ = try await collections.change(.add, ids, of: kicks.collection.id, for: caller)
        #expect(
            await refusal { try await collections.update(kicks.collection.id, rules: rules, of: caller) } == "conflict")
    }

    @Test func `collections lie in each other, in order, and never in themselves`() async throws {
        let studio = try await Studio()
        let (collections, caller) = (studio.useCases.collections, studio.caller)
        func make(_ name: String, in parent: CollectionID? = nil) async throws -> CollectionID {
            try await collections.create(name, in: parent, rules: nil, of: caller).collection.id
        }
        let (a, b) = (try await make("A"), try await make("B"))
        let (c, d) = (try await make("C", in: a), try await make("D", in: a))
        func names(_ parent: CollectionID?, _ page: PageRequest = PageRequest()) async throws -> [String] {
            try await collections.collections(in: parent, of: caller, page).items.map(\.name)
        }
        try await collections.arrange([b], in: nil, of: caller)
        #expect(try await names(nil) == ["B", "A"])
        let first = try await collections.collections(in: a, of: caller, PageRequest(limit: 1))
        #expect(first.items.map(\.id) == [c])
        #expect(try await names(a, PageRequest(limit: 1, after: first.next)) == ["D"])
        #expect(await refusal { try await collections.update(a, parent: .some(c), of: caller) } == "conflict")
        _ = try await collections.update(d, name: "E", parent: .some(nil), of: caller)
        #expect(try await names(nil) == ["B", "A", "E"])
        try await collections.delete(a, of: caller)
        #expect(try await names(nil) == ["B", "E"])
        #expect(await refusal { try await collections.collection(c, of: caller) } == "notFound")
    }

    @Test func `another's collection is as good as none, and so are another's samples`() async throws {
        let studio = try await Studio()
        let ids = try await studio.samples("a.wav")
        let (collections, eve) = (studio.useCases.collections, Principal.signedIn(.random()))
        let mine = try await collections.create("Mine", in: nil, rules: nil, of: studio.caller).collection.id
        let hers = try await collections.create("Hers", in: nil, rules: nil, of: eve).collection.id
        #expect(await refusal { try await collections.collection(mine, of: eve) } == "notFound")
        #expect(await refusal { try await collections.collections(in: mine, of: eve, PageRequest()) } == "notFound")
        #expect(await refusal { try await collections.create("In", in: mine, rules: nil, of: eve) } == "notFound")
        #expect(await refusal { try await collections.update(mine, name: "Hers", of: eve) } == "notFound")
        #expect(await refusal { try await collections.update(hers, parent: .some(mine), of: eve) } == "notFound")
        #expect(await refusal { try await collections.arrange([mine], in: mine, of: eve) } == "notFound")
        #expect(await refusal { try await collections.samples(of: mine, for: eve, limit: 5, after: nil) } == "notFound")
        #expect(await refusal { try await collections.change(.add, ids, of: mine, for: eve) } == "notFound")
        #expect(await refusal { try await collections.change(.add, ids, of: hers, for: eve) } == "notFound")
        #expect(await refusal { try await collections.delete(mine, of: eve) } == "notFound")
        #expect(try await collections.collection(mine, of: studio.caller).samples == 0)
    }

    @Test(arguments: ["", "a\u{0}b", "a\u{9f}", String(repeating: "n", count: 201)])
    func `a name is text for people`(name: String) async throws {
        let studio = try await Studio()
        #expect(
            await refusal {
                try await studio.useCases.collections.create(name, in: nil, rules: nil, of: studio.caller)
            } == "invalid")
    }
}
