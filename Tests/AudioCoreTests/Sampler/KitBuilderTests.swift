import Testing

@testable import AudioCore

@Suite struct KitBuilderTests {
    @Test func `each sound comes onto the pad for its like`() throws {
        let built = try KitBuilder(name: "All").build(from: MadeSound.oneOfEach)
        let wanted = [
            "A1": "beat", "A2": "bassline", "A3": "chords", "A4": "singing", "A5": "bass", "A6": "note", "A7": "word",
            "A8": "noise", "A9": "clap", "A10": "tom", "A11": "cowbell", "A12": "crash", "A13": "kick", "A14": "snare",
            "A15": "closed", "A16": "open",
        ]
        for pad in built.kit.pads { #expect(pad.sample == wanted["\(pad.address)"], "\(pad.address)") }
        #expect(built.kit.pads.count == 16 && built.empty.isEmpty && built.unfit.isEmpty && built.left == 0)
        #expect(built.kit.problems.isEmpty && built.kit.name == "All")
        #expect(built.kit.pads.map(\.address) == built.kit.pads.map(\.address).sorted())
    }

    @Test func `loops run in time, hits play to their end, and the closed hat ends the open one`() throws {
        let kit = try KitBuilder(banks: 2).build(from: MadeSound.oneOfEach + MadeSound.oneOfEach.map(\.sibling)).kit
        #expect(kit.pads.count == 32)
        for pad in kit.pads {
            let isLoop = pad.address.pad <= 4
            #expect(pad.loop == isLoop && pad.tempoSync == isLoop && pad.oneShot == !isLoop)
            #expect((pad.bpm != nil) == isLoop)
            #expect(pad.muteGroup == (pad.address.pad >= 15 ? pad.address.bank + 1 : 0))
            #expect(pad.reason?.contains("sure") == true)
        }
    }

    @Test func `lengths are those of the pads`() throws {
        let sounds = [
            MadeSound.hit("long open", .openHat, seconds: 1.51), MadeSound.hit("long kick", .kick, seconds: 2.01),
            MadeSound.hit("long clap", .clap, seconds: 1.51), MadeSound.hit("long note", .melodic, seconds: 2.01),
            MadeSound.loop("short beat", .drums, bpm: 120, seconds: 2.99),
        ]
        let built = try KitBuilder().build(from: sounds)
        #expect(built.kit.pads.isEmpty && built.empty.count == 16 && built.left == 5)
        let reasons = Dictionary(uniqueKeysWithValues: built.empty.map { ("\($0.address)", $0.reason) })
        #expect(reasons["A16"] == "1 longer than 1 s" && reasons["A13"] == "1 longer than 2 s")
        #expect(reasons["A1"] == "1 shorter than 3 s" && reasons["A14"] == "there is none")
        let fitting = [
            MadeSound.hit("open", .openHat, seconds: 1), MadeSound.hit("kick", .kick, seconds: 2),
            MadeSound.loop("beat", .drums, bpm: 120, seconds: 3),
        ]
        #expect(try KitBuilder().build(from: fitting).kit.pads.count == 3)
    }

    @Test func `the surest is chosen, and a second guess only where there is nothing better`() throws {
        var doubtful = MadeSound.hit("doubtful", .tom, sure: 0.8)
        doubtful.role?.candidates = [.init(role: .tom, score: 0.6), .init(role: .kick, score: 0.45)]
        let sounds = [MadeSound.hit("a", .kick, sure: 0.5), MadeSound.hit("b", .kick, sure: 0.9), doubtful]
        #expect(try KitBuilder().build(from: sounds).kit[pad("A13")]?.sample == "b")
        let only = try KitBuilder().build(from: [doubtful, MadeSound.hit("tom", .tom, sure: 0.95)]).kit
        #expect(only[pad("A13")]?.sample == "doubtful")
        #expect(only[pad("A13")]?.reason?.hasPrefix("perhaps kick, 0.60 sure; more likely tom") == true)
    }

    @Test func `copies are not chosen twice`() throws {
        let kick = MadeSound.hit("kick", .kick)
        var copy = kick
        copy.sample = "kick again"
        let built = try KitBuilder(banks: 2).build(from: [kick, copy])
        #expect(built.kit.pads.map(\.sample) == ["kick"])
        #expect(built.empty.first { $0.address == pad("B13") }?.reason == "1 on other pads, 1 too like sounds chosen")
    }

    @Test func `sounds no pad can play are told with their reasons`() throws {
        var surround = MadeSound.hit("surround", .kick)
        surround.channels = 6
        var silent = MadeSound.hit("silent", .kick)
        silent.loudness = nil
        let sounds = [
            MadeSound.hit("click", .kick, seconds: 0.09), MadeSound.hit("mix", .melodic, seconds: 961), surround,
            silent,
        ]
        let built = try KitBuilder().build(from: sounds)
        #expect(built.unfit.map(\.sample) == ["click", "mix", "silent", "surround"])
        let starts = ["shorter than 0.1 s", "longer than 16 min", "silent", "6 channels"]
        for (sound, start) in zip(built.unfit, starts) { #expect(sound.reason.hasPrefix(start)) }
        #expect(built.kit.pads.isEmpty && built.left == 0)
    }

    @Test func `a kit for an SP-404SX has its drums on pads 9 to 12`() throws {
        let sounds = [
            MadeSound.hit("kick", .kick), MadeSound.hit("snare", .snare), MadeSound.hit("closed", .closedHat),
            MadeSound.hit("open", .openHat), MadeSound.hit("clap", .clap),
        ]
        var builder = KitBuilder()
        builder.fitsSX = true
        let kit = try builder.build(from: sounds).kit
        let drums = kit.pads.filter { $0.address.pad >= 9 }.map { "\($0.address) \($0.sample)" }
        #expect(drums == ["A9 kick", "A10 snare", "A11 closed", "A12 open"])
        #expect(kit.pads.allSatisfy { $0.address.pad <= 12 })
    }

    @Test func `nothing gives an empty kit that is valid`() throws {
        let built = try KitBuilder().build(from: [])
        #expect(built.kit.pads.isEmpty && built.kit.problems.isEmpty && built.kit.bpm == 120)
        #expect(built.empty.map(\.address.pad) == Array(1...16))
    }

    @Test func `names and tempi that no unit takes are refused`() {
        #expect(throws: SamplerError.self) { try KitBuilder(name: "Größe").build(from: []) }
        #expect(throws: SamplerError.self) { try KitBuilder(bpm: 300).build(from: []) }
        #expect(KitBuilder(banks: 40).banks == 10 && KitBuilder(banks: -1).banks == 1)
    }

    @Test func `order does not matter, the seed does`() throws {
        let sounds = MadeSound.many(400)
        var random = SplitMix64(seed: 5)
        let builder = KitBuilder(banks: 3)
        let kit = try builder.build(from: sounds)
        for _ in 0..<3 { #expect(try builder.build(from: sounds.shuffled(using: &random)) == kit) }
        var kits = [kit.kit]
        for seed in [1, 2, 3] as [UInt64] {
            let seeded = KitBuilder(seed: seed, banks: 3)
            let other = try seeded.build(from: sounds)
            #expect(try seeded.build(from: sounds.reversed()) == other)
            #expect(!kits.contains(other.kit))
            kits.append(other.kit)
        }
    }

    @Test func `two banks out of 10,000 sounds, none of them twice`() throws {
        let kit = try KitBuilder(banks: 2).build(from: MadeSound.many(10_000)).kit
        #expect(Set(kit.pads.map(\.address)).count == kit.pads.count)
        #expect(Set(kit.pads.map(\.sample)).count == kit.pads.count)
        #expect(kit.pads.count == 32 && kit.problems.isEmpty)
    }

    private func pad(_ text: String) -> PadAddress { PadAddress(text) ?? PadAddress.all[0] }
}
