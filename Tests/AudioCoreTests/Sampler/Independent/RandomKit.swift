@testable import AudioCore

/// A valid kit with any value in each of its fields.
///
/// Its places are ones that 48 kHz can tell apart, and what it says is never what it could leave out, so that reading
/// it back from a project gives the same kit.
struct RandomKit {
    /// A sample that pads of the kit play.
    struct Source {
        let name: String
        let rate: Int
        let channels: Int
        let frames: Int

        /// What becomes of it on a card.
        var onCard: CardSample {
            CardSample(
                sourceRate: rate, channels: channels, frames: frames * 48_000 / rate, clippedSamples: 0, addedFrames: 0)
        }
    }

    static let sources = [
        Source(name: "low.wav", rate: 8_000, channels: 1, frames: 900),
        Source(name: "half.wav", rate: 22_050, channels: 2, frames: 2_450),
        Source(name: "disc.wav", rate: 44_100, channels: 1, frames: 4_851),
        Source(name: "plain.wav", rate: 48_000, channels: 2, frames: 4_801),
        Source(name: "high.wav", rate: 96_000, channels: 1, frames: 9_700),
        Source(name: "highest.wav", rate: 192_000, channels: 1, frames: 19_300),
    ]

    /// Pads in order.
    let kit: Kit
    let sourceOfPad: [PadAddress: Source]

    init(pads count: Int, seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let addresses = PadAddress.all.shuffled(using: &random).prefix(count).sorted()
        sourceOfPad = Dictionary(
            uniqueKeysWithValues: addresses.map { ($0, Self.sources[Int.random(in: 0..<6, using: &random)]) })
        let tempo = Self.tempo(&random)
        var kit = Kit(name: Self.name(longest: 31, &random), bpm: tempo)
        for (address, source) in sourceOfPad.sorted(by: { $0.key < $1.key }) {
            kit.pads.append(Self.pad(address, source, besides: tempo, &random))
        }
        kit.banks = Self.banks(besides: tempo, &random)
        self.kit = kit
    }

    /// Writes ``sources``, noise of 16 bits.
    static func writeSources(to folder: TestFolder) throws {
        for source in sources {
            let noise = Signals.noise(
                seconds: Double(source.frames * source.channels), rate: 1, seed: UInt64(source.rate))
            try WrittenFile.write(
                noise, to: folder.file(source.name), as: .wav(.bits16), rate: source.rate, channels: source.channels)
        }
    }

    /// The pads in another order, which must not matter.
    func shuffled(seed: UInt64) -> Kit {
        var (kit, random) = (kit, SplitMix64(seed: seed))
        kit.pads.shuffle(using: &random)
        kit.banks?.shuffle(using: &random)
        return kit
    }

    private static func pad(
        _ address: PadAddress, _ source: Source, besides tempo: Double, _ random: inout SplitMix64
    ) -> KitPad {
        var pad = KitPad(address, sample: source.name)
        if Bool.random(using: &random) { pad.name = name(longest: 23, &random) }
        setPlaces(of: &pad, in: source, &random)
        (pad.level, pad.pan) = (.random(in: 0...127, using: &random), .random(in: 0...127, using: &random))
        (pad.gate, pad.oneShot) = (.random(using: &random), .random(using: &random))
        (pad.loop, pad.reverse) = (.random(using: &random), .random(using: &random))
        (pad.pitch, pad.fineTune) = (.random(in: -12...12, using: &random), .random(in: -100...100, using: &random))
        (pad.playMode, pad.bus) = (.random(in: 0...3, using: &random), .random(in: 0...2, using: &random))
        (pad.muteGroup, pad.padLink) = (.random(in: 0...10, using: &random), .random(in: 0...10, using: &random))
        (pad.tempoSync, pad.fixedVelocity) = (.random(using: &random), .random(using: &random))
        if Bool.random(using: &random) { pad.bpm = Self.tempo(&random, besides: tempo) }
        pad.stretch = Double(Int.random(in: 5_000...15_000, using: &random)) / 100
        (pad.attack, pad.hold) = (.random(in: 0...127, using: &random), .random(in: 0...127, using: &random))
        pad.release = .random(in: 0...127, using: &random)
        return pad
    }

    /// Start, end, loop start and up to 16 chops between them.
    private static func setPlaces(of pad: inout KitPad, in source: Source, _ random: inout SplitMix64) {
        // Rates over 48 kHz have frames that 48 kHz has not.
        let step = max(1, source.rate / 48_000)
        let all = 1..<source.frames / step - 1
        var places: Set<Int> = []
        while places.count < 19 { places.insert(Int.random(in: all, using: &random) * step) }
        var sorted = places.sorted()
        if Bool.random(using: &random) { pad.start = sorted.removeFirst() }
        if Bool.random(using: &random) { pad.end = sorted.removeLast() }
        if Bool.random(using: &random) { pad.loopStart = sorted.randomElement(using: &random) }
        let chops = sorted.shuffled(using: &random).prefix(Int.random(in: 0...16, using: &random))
        pad.chops = chops.sorted()
    }

    private static func banks(besides tempo: Double, _ random: inout SplitMix64) -> [KitBank]? {
        let banks = "ABCDEFGHIJ".compactMap { letter in
            var bank = KitBank(String(letter))
            if Bool.random(using: &random) { bank.bpm = Self.tempo(&random, besides: tempo) }
            if Bool.random(using: &random) { bank.volume = .random(in: 0...126, using: &random) }
            if Bool.random(using: &random) { bank.protected = true }
            return bank == KitBank(String(letter)) ? nil : bank
        }
        return banks.isEmpty ? nil : banks
    }

    /// Hundredths of 40 to 200 beats per minute.
    private static func tempo(_ random: inout SplitMix64, besides other: Double = 0) -> Double {
        let tempo = Double(Int.random(in: 4_000...20_000, using: &random)) / 100
        return tempo == other ? (tempo == 40 ? 41 : 40) : tempo
    }

    /// Printable ASCII that does not end with a space.
    private static func name(longest: Int, _ random: inout SplitMix64) -> String {
        let length = Int.random(in: 1...longest, using: &random)
        let characters = (0..<length - 1).map { _ in UInt8.random(in: 32...126, using: &random) }
        return String(decoding: characters + [UInt8.random(in: 33...126, using: &random)], as: UTF8.self)
    }
}
