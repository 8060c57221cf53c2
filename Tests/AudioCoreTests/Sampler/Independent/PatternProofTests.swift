import Testing

@testable import AudioCore

@Suite struct PatternProofTests {
    /// What a pattern's bytes mean, by the description: eight bytes an event, the first the ticks to the next one.
    private static func strikes(in bytes: [UInt8]) -> [[Int]] {
        var (tick, found): (Int, [[Int]]) = (0, [])
        for place in stride(from: 0, to: bytes.count - 7, by: 8) where bytes[place + 1] != 0x8C {
            let event = bytes[place..<place + 8].map(Int.init)
            if (0x2F...0x7E).contains(event[1]) {
                let bank = event[2] % 16 == 1 ? 80 : 0
                found.append([tick, event[1] - 0x2F + bank, event[4], event[6] + 256 * event[7]])
            }
            tick += event[0]
        }
        return found
    }

    /// Strikes of all pads, pauses, controls and what no unit writes, in any order.
    private static func events(_ random: inout SplitMix64) -> [UInt8] {
        (0..<Int.random(in: 0...200, using: &random)).flatMap { _ in
            let kind =
                [UInt8.random(in: 0x2F...0x7E, using: &random), 0x80, 0x8E, 0x00, 0xFF].randomElement(using: &random)
                ?? 0x80
            var event = (0..<8).map { _ in UInt8.random(in: 0...255, using: &random) }
            (event[1], event[2]) = (kind, event[2] & 0xF0 | .random(in: 0...1, using: &random))
            return event
        }
    }

    @Test(arguments: 1...30 as ClosedRange<UInt64>)
    func `strikes are read as the description says`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let events = Self.events(&random)
        let trailer = (0..<Int.random(in: 0...20, using: &random)).map { _ in
            UInt8.random(in: 0...255, using: &random)
        }
        let bytes = events + [0, 0x8C, 0, 0, 0, 0, 0, 0] + trailer
        let pattern = try Pattern(bytes)
        #expect(pattern.bytes == bytes)
        #expect(
            pattern.strikes.map { [$0.tick, $0.strike.pad, $0.strike.velocity, $0.strike.gate] }
                == Self.strikes(in: events))
        // Whatever the trailer says, there are bars, and a MIDI file of them.
        #expect(pattern.bars > 0 && pattern.ticksPerBar > 0 && pattern.midi(bpm: .nan).count > 30)
    }

    /// Whatever a file holds, it is refused or given back.
    @Test(arguments: 1...60 as ClosedRange<UInt64>)
    func `a damaged pattern is refused or given back as it is`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var bytes = Self.events(&random) + [0, 0x8C, 0, 0, 0, 0, 0, 0] + [4, 0, 0, 0, 0, 0x80, 7]
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
        }
        bytes.removeLast(Int.random(in: 0...bytes.count, using: &random))
        let ends = stride(from: 0, to: max(0, bytes.count - 7), by: 8).contains { bytes[$0 + 1] == 0x8C }
        #expect((try? Pattern(bytes))?.bytes == (ends ? bytes : nil))
        if let read = try? Pattern(bytes) { #expect(read.strikes.allSatisfy { (0..<160).contains($0.strike.pad) }) }
    }
}
