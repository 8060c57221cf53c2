import Testing

@testable import AudioCore

/// What a kit says is what its project holds, byte for byte, as the format's description has it.
@Suite struct KitProofTests {
    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func `every value of a kit stands where the description has it`(seed: UInt64) throws {
        let random = RandomKit(pads: 160, seed: seed)
        #expect(random.kit.problems.isEmpty)
        let samples = random.sourceOfPad.mapValues(\.onCard)
        let bytes = PadConfiguration(kit: random.shuffled(seed: seed), samples: samples).bytes
        let read = PlainPadConf(PlainBytes(bytes))
        #expect(read.complaints.list == [])
        Self.expect(read, toSay: random.kit, samples)
        let configuration = try PadConfiguration(bytes)
        #expect(Kit(configuration, samples: samples) { random.sourceOfPad[$0]?.name ?? "" } == random.kit)
    }

    @Test(arguments: zip([3, 6, 12], 1...3 as ClosedRange<UInt64>))
    func `the files of a kit agree with each other`(pads: Int, seed: UInt64) throws {
        let folder = try TestFolder()
        try RandomKit.writeSources(to: folder)
        let random = RandomKit(pads: pads, seed: seed)
        let plan = try ProjectPlan(random.shuffled(seed: seed), from: folder.path, number: Int(seed))
        let made = try CarriedOut(plan, below: folder.file("card"))
        let read = PlainProject(folder: made.folder)
        #expect(read.complaints == [])
        #expect(read.samples.keys.sorted() == random.kit.pads.map(\.address.index))
        Self.expect(read.configuration, toSay: random.kit, made.samples)
        for (address, source) in random.sourceOfPad {
            let sample = try #require(read.samples[address.index])
            #expect(
                sample.channels == source.channels && abs(sample.frames - source.frames * 48_000 / source.rate) <= 1)
            if source.rate == 48_000 {
                let wave = try #require(PlainBytes(path: folder.file(source.name)).map { PlainWave($0) })
                #expect(sample.samples == wave.samples)
            }
        }
    }

    /// Compares what was read with the kit, in the words of the description.
    static func expect(_ read: PlainPadConf, toSay kit: Kit, _ samples: [PadAddress: CardSample]) {
        #expect(read.version == 3 && read.projectName == kit.name)
        #expect(read.projectTempo == Int((kit.bpm * 100).rounded()))
        for bank in 0..<10 {
            let said = kit.banks?.first { $0.bank == PadAddress.all[16 * bank].bankLetter }
            #expect(read.bankTempo(bank) == Int(((said?.bpm ?? kit.bpm) * 100).rounded()))
            #expect(read.bankVolume(bank) == said?.volume ?? 127)
            #expect(read.bankIsProtected(bank) == said?.protected ?? false)
        }
        // A bank's own tempo counts only where banks do not follow the project.
        #expect(read.usesProjectTempo == (kit.banks ?? []).allSatisfy { $0.bpm == nil })
        for pad in 0..<160 {
            guard let said = kit[PadAddress.all[pad]], let sample = samples[said.address] else {
                #expect(read.pads[pad] == words(of: KitPad(PadAddress.all[pad], sample: ""), nil, 120))
                #expect(read.names[pad].isEmpty && read.chops[pad].isEmpty)
                continue
            }
            #expect(read.pads[pad] == words(of: said, sample, kit.bpm), "pad \(pad)")
            #expect(read.names[pad] == said.name ?? String(said.sample.dropLast(4)))
            let chops = said.chops.map { frame($0, sample) }
            #expect(read.chops[pad] == chops)
        }
    }

    /// The 43 words of a pad's record, by the table of the description.
    private static func words(of pad: KitPad, _ sample: CardSample?, _ tempo: Double) -> [Int] {
        let frameSize = 2 * (sample?.channels ?? 1)
        let end = 512 + (sample?.frames ?? 0) * frameSize
        func byte(_ place: Int?) -> Int? { place.map { 512 + frame($0, sample) * frameSize } }
        let start = byte(pad.start) ?? 512
        var words = [sample == nil ? 0 : end, start, byte(pad.end) ?? end, pad.level, pad.gate ? 1 : 0]
        words += [pad.loop ? 0x7FFF_FFFF : 0, 1, pad.muteGroup, pad.tempoSync ? 1 : 0]
        words += [Int(((pad.bpm ?? tempo) * 100).rounded()), (pad.fixedVelocity ? 1 : 0) + (pad.oneShot ? 32 : 0)]
        words += [byte(pad.loopStart) ?? start, pad.reverse ? 1 : 0, pad.pitch, pad.fineTune, pad.playMode]
        words += [Int((pad.stretch * 100).rounded()), 1, pad.pan, pad.padLink, pad.bus, 2]
        words += [pad.attack, pad.hold, pad.release]
        return words + [Int](repeating: 0, count: 18)
    }

    /// The frame of 48 kHz nearest to a frame of the source.
    private static func frame(_ place: Int, _ sample: CardSample?) -> Int {
        let rate = sample?.sourceRate ?? 48_000
        return (2 * place * 48_000 + rate) / (2 * rate)
    }
}
