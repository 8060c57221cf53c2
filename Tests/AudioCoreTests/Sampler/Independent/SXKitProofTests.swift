import Testing

@testable import AudioCore

/// What a kit says is what the card of an SP-404SX holds, byte for byte, as the format's description has it.
@Suite struct SXKitProofTests {
    @Test(arguments: zip([6, 40, 160], 1...3 as ClosedRange<UInt64>))
    func `every value of a kit stands where the description has it`(pads: Int, seed: UInt64) throws {
        let folder = try TestFolder()
        try RandomKit.writeSources(to: folder)
        let random = RandomKit(pads: pads, seed: seed)
        let plan = try SXCardPlan(random.shuffled(seed: seed), from: folder.path)
        let read = PlainSXFolder(folder: try CarriedOut(plan, below: folder.file("card")).folder)
        #expect(read.complaints == [])
        let played = random.kit.pads.filter { $0.address.pad <= 12 }
        #expect(read.waves.keys.sorted() == played.map(Self.number))
        for pad in played {
            let source = try #require(random.sourceOfPad[pad.address])
            let wave = try #require(read.waves[Self.number(pad)])
            let frames = (wave.data?.count ?? 0) / (2 * source.channels)
            #expect(wave.channels == source.channels && abs(frames - source.frames * 44_100 / source.rate) <= 1)
            if source.rate == 44_100 {
                let original = try #require(PlainBytes(path: folder.file(source.name)))
                #expect(wave.samples == PlainWave(original).samples)
            }
            let record = read.records[Self.number(pad)]
            #expect(Self.numbers(in: record) == Self.numbers(of: pad, source, frames: frames), "\(pad.address)")
            Self.expect(record.big(24), toBe: pad.bpm ?? random.kit.bpm)
            Self.expect(record.big(28), toBe: random.kit.bpm)
        }
        for number in 0..<120 where read.waves[number] == nil {
            let empty = [512, 512, 512, 512, 127]
            #expect(Self.numbers(in: read.records[number]).prefix(5) == empty[...])
        }
    }

    /// Pads 13 to 16 and what a unit does not have.
    @Test(arguments: 4...6 as ClosedRange<UInt64>)
    func `each pad that stays off the card is named`(seed: UInt64) throws {
        let kit = RandomKit(pads: 80, seed: seed).kit
        let plan = try SXCardPlan(kit, from: "/")
        let off = kit.pads.map(\.address).filter { $0.pad > 12 }
        #expect(plan.items.count == 80 - off.count && !off.isEmpty)
        #expect(plan.items.allSatisfy { ($0.pad?.pad ?? 16) <= 12 })
        let named = plan.omissions
        #expect(named.compactMap(\.pad) == off)
        let pads = (plan.problems + plan.omissions).compactMap(\.pad)
        #expect(Set(pads).count == pads.count)
    }

    /// 0 for A1 … 119 for J12.
    private static func number(_ pad: KitPad) -> Int { pad.address.index / 16 * 12 + pad.address.index % 16 }

    /// What stands before the tempos: four words, then eight bytes.
    private static func numbers(in record: PlainBytes) -> [Int] {
        let words = [0, 4, 8, 12].map { record.big($0) }
        return words + record[16..<24].map { Int($0) }
    }

    /// The same by the table of the description.
    private static func numbers(of pad: KitPad, _ source: RandomKit.Source, frames: Int) -> [Int] {
        func frame(_ place: Int) -> Int { min(frames, (2 * place * 44_100 + source.rate) / (2 * source.rate)) }
        func byte(_ frame: Int) -> Int { 512 + frame * 2 * source.channels }
        let start = frame(pad.start ?? 0)
        // Places next to each other may meet at 44.1 kHz: one frame is played.
        let end = pad.end.map { min(frames, max(frame($0), start + 1)) } ?? frames
        let words = [512, byte(frames), byte(start), byte(end)]
        var bytes = [pad.level, 0]
        bytes += [pad.loop, pad.gate, pad.reverse].map { $0 ? 1 : 0 }
        bytes += [1, source.channels, pad.tempoSync ? 2 : 0]
        return words + bytes
    }

    /// Tenths, rounded.
    private static func expect(_ tenths: Int, toBe tempo: Double) {
        let hundredths = Int((tempo * 100).rounded())
        #expect(abs(10 * tenths - hundredths) <= 5)
    }
}
