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
            [0, 0xFF, 0x51, 3, 0x0A, 0x2C, 0x2B], [0, 0x90, 47, 127], [120, 0x80, 47, 64], [0x82, 0x68, 0x91, 62, 90],
            [0x82, 0x2C, 0x81, 62, 64], [0x97, 0x74, 0xFF, 0x2F, 0],
        ]
        #expect(track == expected.flatMap { $0 })
    }
}
