import AudioCore
import Auth
import SampleLibrary
import Storage
import Testing

@testable import WaxwingService

@Suite struct KitUseCaseTests {
    @Test func `a kit is made, changed pad by pad, and goes; its samples stay`() async throws {
        let studio = try await Studio()
        let ids = try await studio.samples("kick.wav", "snare.wav")
        let (kits, caller) = (studio.useCases.kits, studio.caller)
        let kit = try await studio.kit([ids[0]])
        let (a1, b3) = (try #require(PadAddress("A1")), try #require(PadAddress("B3")))
        var pad = KitPad(b3, sample: ids[1].text)
        (pad.level, pad.pitch) = (90, -3)
        #expect(try await kits.setPad(pad, of: kit.id, for: caller).kit[b3]?.level == 90)
        #expect(try await kits.exchangePads(a1, b3, of: kit.id, for: caller).kit[a1]?.pitch == -3)
        #expect(try await kits.clearPad(a1, of: kit.id, for: caller).kit.pads.map(\.address) == [b3])
        #expect(try await kits.update(kit.id, name: "Day", bpm: 120, of: caller).kit.name == "Day")
        let copy = try await kits.duplicate(kit.id, as: nil, of: caller)
        #expect((copy.kit.name, copy.kit.pads.count) == ("Day", 1))
        try await kits.delete(kit.id, of: caller)
        #expect(try await kits.kits(of: caller, PageRequest()).items.map(\.id) == [copy.id])
        #expect(try await studio.count("SELECT COUNT(*) AS n FROM samples") == 2)
    }

    @Test func `what no sampler takes is refused with what to do`() async throws {
        let studio = try await Studio()
        let kit = try await studio.kit(try await studio.samples("kick.wav"))
        let a1 = try #require(PadAddress("A1"))
        var pad = KitPad(a1, sample: kit.kit.pads[0].sample)
        pad.level = 128
        let loud = pad
        #expect(
            await refusal { try await studio.useCases.kits.setPad(loud, of: kit.id, for: studio.caller) } == "invalid")
        pad.level = 127
        pad.name = "kick\u{0}"
        let named = pad
        #expect(
            await refusal { try await studio.useCases.kits.setPad(named, of: kit.id, for: studio.caller) } == "invalid")
        #expect(await refusal { try await studio.useCases.kits.create(Kit(name: "Ä"), of: studio.caller) } == "invalid")
        #expect(await refusal { try await studio.useCases.kits.update(kit.id, bpm: 1, of: studio.caller) } == "invalid")
    }

    @Test func `another's kit and sample are as good as none`() async throws {
        let studio = try await Studio()
        let ids = try await studio.samples("kick.wav")
        let kit = try await studio.kit(ids)
        let (kits, eve) = (studio.useCases.kits, Principal.signedIn(.random()))
        let a1 = try #require(PadAddress("A1"))
        #expect(await refusal { try await kits.kit(kit.id, of: eve) } == "notFound")
        #expect(await refusal { try await kits.update(kit.id, name: "Mine", of: eve) } == "notFound")
        #expect(await refusal { try await kits.delete(kit.id, of: eve) } == "notFound")
        #expect(await refusal { try await kits.duplicate(kit.id, as: nil, of: eve) } == "notFound")
        #expect(await refusal { try await kits.clearPad(a1, of: kit.id, for: eve) } == "notFound")
        #expect(await refusal { try await kits.exchangePads(a1, a1, of: kit.id, for: eve) } == "notFound")
        #expect(await refusal { try await kits.check(kit.id, for: .sp404sx, of: eve) } == "notFound")
        #expect(
            await refusal { try await kits.setPad(KitPad(a1, sample: ids[0].text), of: kit.id, for: eve) } == "notFound"
        )
        let stolen = Kit(name: "Mine", pads: [KitPad(a1, sample: ids[0].text)])
        #expect(await refusal { try await kits.create(stolen, of: eve) } == "notFound")
        #expect(await refusal { try await kits.build(KitOrder(samples: ids), of: eve) } == "notFound")
        #expect(await refusal { try await kits.build(KitOrder(around: ids[0]), of: eve) } == "notFound")
        #expect(await refusal { try await kits.build(KitOrder(completing: kit.id), of: eve) } == "notFound")
        #expect(try await kits.kit(kit.id, of: studio.caller).kit == kit.kit)
    }

    @Test func `credentials that may only read change no kit`() async throws {
        let studio = try await Studio()
        let kit = try await studio.kit(try await studio.samples("kick.wav"))
        let reader = Principal.signedIn(studio.account, scopes: .only([Permission.readLibrary.scope]))
        #expect(try await studio.useCases.kits.kit(kit.id, of: reader).id == kit.id)
        #expect(await refusal { try await studio.useCases.kits.delete(kit.id, of: reader) } == "forbidden")
        #expect(await refusal { try await studio.useCases.kits.build(KitOrder(), of: reader) } == "forbidden")
        #expect(
            await refusal { try await studio.useCases.exports.export(kit.id, for: ExportTarget(.import), of: reader) }
                == "forbidden")
    }

    @Test func `a kit is put together by rules, with reasons, and is kept`() async throws {
        let studio = try await Studio()
        _ = try await studio.samples("one.wav", "two.wav", "three.wav", frames: 11_025)
        let built = try await studio.useCases.kits.build(KitOrder(name: "Auto", seed: 1), of: studio.caller)
        #expect(built.considered == 3)
        #expect(!built.kit.kit.pads.isEmpty)
        #expect(built.kit.kit.pads.allSatisfy { $0.reason?.isEmpty == false })
        #expect(built.kit.kit.pads.count + built.empty.count <= 16)
        #expect(try await studio.useCases.kits.kit(built.kit.id, of: studio.caller).kit == built.kit.kit)
        let one = try await studio.useCases.kits.build(KitOrder(count: 1), of: studio.caller)
        #expect(one.kit.kit.pads.count == 1)
    }

    @Test(arguments: [
        KitOrder(count: 0), KitOrder(count: 17), KitOrder(bpm: 39), KitOrder(bpm: .nan), KitOrder(name: "\u{0}"),
        KitOrder(samples: []), KitOrder(samples: [.random()], query: SampleQuery()),
    ])
    func `an order that makes no sense is refused`(order: KitOrder) async throws {
        let studio = try await Studio()
        #expect(await refusal { try await studio.useCases.kits.build(order, of: studio.caller) } == "invalid")
    }

    @Test func `from nothing comes no kit`() async throws {
        let studio = try await Studio()
        #expect(
            await refusal { try await studio.useCases.kits.build(KitOrder(), of: studio.caller) } == "unprocessable")
        #expect(try await studio.count("SELECT COUNT(*) AS n FROM kits") == 0)
    }

    @Test func `a check tells what a card would leave out, and decodes nothing`() async throws {
        let studio = try await Studio()
        let ids = try await studio.samples("tick.wav", frames: 500)
        let long = try await studio.samples("tone.wav")
        let kit = try await studio.kit(ids + long)
        let calls = studio.analyzer.calls
        let report = try await studio.useCases.kits.check(kit.id, for: .sp404mkii, of: studio.caller)
        #expect(report.problems.map { "\($0.pad?.description ?? "")" } == ["A1"])
        #expect(report.problems.first?.problem.contains("'tick.wav' is shorter than 0.1 s") == true)
        #expect((report.pads, report.bytes > 48_000) == (1, true))
        #expect(studio.analyzer.calls == calls)
    }
}
