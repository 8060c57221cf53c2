import Testing

@testable import AudioCore

@Suite struct PatternTests {
    /// Pad 1 of bank A, 480 ticks later pad 16 of bank F, the end after two bars. An event says how long it is to
    /// the next one.
    private static let bytes: [UInt8] = {
        let pause: [UInt8] = [255, 0x80, 0, 0, 0, 0, 0, 0]
        var bytes: [UInt8] = [225, 0x2F, 0, 0x8D, 127, 64, 0x78, 0x00]
        bytes += pause
        bytes += [45, 0x3E, 1, 0x8D, 90, 64, 0x2C, 0x01]
        for _ in 0..<13 { bytes += pause }
        bytes += [0, 0x8C, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0x80, 2, 1]
        return bytes
    }()

    @Test func `strikes are read with their time`() throws {
        let pattern = try Pattern(Self.bytes)
        #expect(pattern.strikes.map(\.tick) == [0, 480])
        #expect(
            pattern.strikes.map(\.strike) == [
                .init(pad: 0, velocity: 127, gate: 120), .init(pad: 95, velocity: 90, gate: 300),
            ])
        #expect(pattern.ticks == 3_840 && pattern.bars == 2)
    }

    @Test func `a pattern without an end is damaged`() {
        #expect(throws: SamplerError.self) { try Pattern([]) }
        #expect(throws: SamplerError.self) { try Pattern(Array(Self.bytes[..<40])) }
        #expect(throws: SamplerError.self) { try Pattern(Array(repeating: 0x30, count: 1 << 21)) }
    }

    @Test func `a MIDI file has tempo, notes and length`() throws {
        let midi = try Pattern(Self.bytes).midi(bpm: 90)
        #expect(midi[..<14] == [0x4D, 0x54, 0x68, 0x64, 0, 0, 0, 6, 0, 0, 0, 1, 0x01, 0xE0])
        let track = Array(midi[22...])
        #expect(midi[18..<22].reduce(0) { $0 << 8 | Int($1) } == track.count)
        // 666,667 µs a quarter; on at 0, off at 120; on at 480, off at 780; the end at 3,840.
        let expected: [[UInt8]] = [
            [0, 0xFF, 0x51, 3, 0x0A, 0x2C, 0x2B], [0, 0xFF, 0x58, 4, 4, 2, 24, 8], [0, 0x90, 47, 127],
            [120, 0x80, 47, 64], [0x82, 0x68, 0x91, 62, 90],
            [0x82, 0x2C, 0x81, 62, 64], [0x97, 0x74, 0xFF, 0x2F, 0],
        ]
        #expect(track == expected.flatMap { $0 })
    }

    @Test func `the trailer tells the bars, and their length follows`() throws {
        let waltz = try Pattern(Self.made(ticks: 4 * 1_440, bars: 4))
        #expect(waltz.bars == 4 && waltz.ticksPerBar == 1_440 && waltz.timeSignature == (3, 4))
        #expect(waltz.problems.isEmpty)
        let midi = waltz.midi(bpm: 120)
        let signature: [UInt8] = [0, 0xFF, 0x58, 4, 3, 2, 24, 8]
        #expect(Array(midi[29..<37]) == signature)
        // 5,760 ticks to the end.
        #expect(midi.suffix(5) == [0xAD, 0x00, 0xFF, 0x2F, 0x00])
        let edited = try Pattern(Self.made(ticks: 3_842, bars: 2))
        #expect(edited.bars == 2 && edited.ticksPerBar == 1_920)
        #expect(edited.problems == ["its 3842 ticks are not 2 bars of 1920"])
        let seven = try Pattern(Self.made(ticks: 2 * 1_680, bars: 2))
        #expect(seven.timeSignature == (7, 8))
        for nonsense in [0, 65, 255] as [UInt8] {
            let pattern = try Pattern(Self.made(ticks: 3_000, bars: nonsense))
            #expect(pattern.bars == 2 && pattern.ticksPerBar == 1_920)
        }
    }

    @Test func `control changes are read and exported`() throws {
        let knob: [UInt8] = [120, 0x8E, 2, 0, 0, 74, 99, 0]
        let strange: [UInt8] = [0, 0x8E, 16, 0, 0, 74, 99, 0]
        let pattern = try Pattern(knob + strange + Self.made(ticks: 1_800, bars: 1))
        #expect(pattern.events[0].kind == .control(.init(channel: 2, controller: 74, value: 99)))
        #expect(pattern.problems == ["control changes out of range: 1"])
        let midi = pattern.midi(bpm: 120)
        let message: [UInt8] = [0, 0xB2, 74, 99]
        #expect(Array(midi[37..<41]) == message)
    }

    /// Pauses only.
    private static func made(ticks: Int, bars: UInt8) -> [UInt8] {
        let pauses = (0..<ticks / 255).flatMap { _ in [255, 0x80, 0, 0, 0, 0, 0, 0] as [UInt8] }
        let rest: [UInt8] = [UInt8(ticks % 255), 0x80, 0, 0, 0, 0, 0, 0]
        return pauses + rest + [0, 0x8C, 0, 0, 0, 0, 0, 0, bars, 0, 0, 0, 0, 0x80, 2, 1]
    }
}
