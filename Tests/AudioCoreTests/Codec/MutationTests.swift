import Testing

@testable import AudioCore

@Suite struct MutationTests {
    private static let seeds = [
        "wav16.wav", "wav24.wav", "wavex.wav", "wavf.wav", "rf64.wav", "aiff16.aiff", "aifff.aiff", "flac16.flac",
        "ogg.ogg", "opus.opus", "mp3.mp3",
    ]

    @Test(arguments: seeds)
    func `a broken file ends with frames or a typed error, never otherwise`(name: String) throws {
        let good = try AudioVectors.validBytes(name)
        var random = SplitMix64(seed: UInt64(good.count))
        for _ in 0..<300 {
            let broken = mutated(good, &random)
            try withFile(broken) { path in
                do throws(AudioError) {
                    #expect(try drain(path) > 0)
                } catch {
                    #expect(!"\(error)".isEmpty)
                }
            }
        }
    }

    @Test(arguments: seeds)
    func `a file cut anywhere ends with its frames or a typed error`(name: String) throws {
        let good = try AudioVectors.validBytes(name)
        for length in Array(0..<120) + stride(from: 120, to: good.count, by: good.count / 60) {
            try withFile(good[..<length]) { path in
                do throws(AudioError) {
                    #expect(try (1...3_200).contains(drain(path)))
                } catch {
                    #expect(!"\(error)".isEmpty)
                }
            }
        }
    }

    /// One to four changes, most of them in the header: a bit, a byte of extremes, a cut, a repetition.
    private func mutated(_ good: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
        var bytes = good
        for _ in 0..<Int.random(in: 1...4, using: &random) where bytes.count > 8 {
            let reach = Bool.random(using: &random) ? min(100, bytes.count) : bytes.count
            let place = Int.random(in: 4..<max(5, reach), using: &random) % bytes.count
            switch Int.random(in: 0..<10, using: &random) {
            case 0: bytes.removeLast(Int.random(in: 0..<bytes.count - 4, using: &random))
            case 1: bytes.insert(contentsOf: bytes[..<place], at: place)
            case 2: bytes.removeSubrange(place..<min(bytes.count, place + 4))
            case 3...5: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
            case 6, 7: bytes[place] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &random) ?? 0
            default:
                for index in place..<min(bytes.count, place + 4) { bytes[index] = 0xFF }
            }
        }
        return bytes
    }
}
