import Testing

@testable import AudioCore

@Suite struct SampleProofTests {
    /// Lengths around a block and its padding.
    @Test(arguments: [0, 1, 16, 55, 56, 57, 63, 64, 65, 119, 120, 128, 1_000])
    func `two digests made apart agree`(length: Int) {
        let message = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 89 + 7) }
        #expect(plainMD5(message) == md5(message))
    }

    @Test(arguments: 1...30 as ClosedRange<UInt64>)
    func `a head of any length is what the description says`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let (channels, frames) = (Int.random(in: 1...2, using: &random), Int.random(in: 1...3_000, using: &random))
        let file = try SampleFile(channels: channels, frames: frames)
        let head = file.head
        #expect(try head.count == 512 && SampleFile(head: head, fileSize: file.fileSize) == file)
        let sample = PlainSample(PlainBytes(head + [UInt8](repeating: 1, count: frames * channels * 2)))
        #expect(sample.complaints.list == [] && sample.channels == channels && sample.frames == frames)
    }

    /// Whatever a head holds besides, it is refused or given back.
    @Test(arguments: 1...60 as ClosedRange<UInt64>)
    func `a damaged head is refused or given back as it is`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let channels = Int.random(in: 1...2, using: &random)
        let file = try SampleFile(channels: channels, frames: Int.random(in: 1...900, using: &random))
        var head = file.head
        for place in 0x30..<0x200 { head[place] = .random(in: 0...255, using: &random) }
        #expect(try SampleFile(head: head, fileSize: file.fileSize).head == head)
        // One bit anywhere before the filler.
        let place = Int.random(in: 0..<0x30, using: &random)
        head[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
        let read = try? SampleFile(head: head, fileSize: file.fileSize)
        #expect((0x14..<0x20).contains(place) ? read?.head == head : read == nil)
    }

    /// A right sum over wrong numbers does not help.
    @Test(arguments: [0, 1, 2, 3], [1, 44_100, 0x8000_0000])
    func `a head is refused for each of its numbers`(word: Int, change: Int) throws {
        let file = try SampleFile(channels: 1, frames: 64)
        var head = file.head
        let place = 4 + 4 * word
        let number = PlainBytes(head).big(place) ^ change
        for byte in 0..<4 { head[place + byte] = UInt8(number / [16_777_216, 65_536, 256, 1][byte] % 256) }
        head.replaceSubrange(0x20..<0x30, with: plainMD5(Array(head[0x04..<0x14])))
        #expect(throws: SamplerError.self) { try SampleFile(head: head, fileSize: file.fileSize) }
        #expect(PlainSample(PlainBytes(head + [UInt8](repeating: 0, count: 128))).complaints.list.count > 0)
    }
}
