import Foundation
import Testing

@testable import AudioCore

@Suite struct SXSampleFileTests {
    @Test func `a WAV has the layout of the unit`() throws {
        let file = try SXSampleFile(channels: 2, frames: 10, pad: #require(PadAddress("J12")))
        let head = file.head
        #expect(head.count == 512 && file.fileSize == 552)
        #expect(Self.text(head[0..<4]) == "RIFF" && head[4..<8] == [0x20, 2, 0, 0])
        #expect(Self.text(head[8..<16]) == "WAVEfmt " && head[16..<20] == [18, 0, 0, 0])
        #expect(head[20..<36] == [1, 0, 2, 0, 0x44, 0xAC, 0, 0, 0x10, 0xB1, 2, 0, 4, 0, 16, 0])
        #expect(head[36..<38] == [0, 0] && Self.text(head[38..<42]) == "RLND" && head[42..<46] == [0xCA, 1, 0, 0])
        #expect(Self.text(head[46..<54]) == "roifspsx" && head[54..<62] == [4, 0, 0, 0, 119, 0, 0, 0])
        #expect(head[62..<504].allSatisfy { $0 == 0 })
        #expect(Self.text(head[504..<508]) == "data" && head[508..<512] == [40, 0, 0, 0])
    }

    @Test(arguments: 1...2, [1, 4_410, 100_000_000])
    func `a head is read as it was written`(channels: Int, frames: Int) throws {
        for address in [PadAddress.allOnSX[0], PadAddress.allOnSX[77]] {
            let file = try SXSampleFile(channels: channels, frames: frames, pad: address)
            let read = try SXSampleFile(head: file.head, fileSize: file.fileSize)
            #expect(read == file && read.pad == address && read.frames == frames && read.trailingBytes == 0)
        }
    }

    @Test func `an AIFF of the unit is read and given back`() throws {
        let head = Self.aiff(frames: 100)
        let read = try SXSampleFile(head: head, fileSize: 712)
        #expect(read.format == .aiff && read.channels == 1 && read.frames == 100)
        #expect(read.pad == PadAddress("G2") && read.head == head)
    }

    @Test func `unknown bytes and what stands behind the sound are kept`() throws {
        var head = try SXSampleFile(channels: 1, frames: 20, pad: PadAddress.allOnSX[3]).head
        for place in Array(54..<58) + Array(62..<504) { head[place] = UInt8(truncatingIfNeeded: place * 7) }
        #expect(try SXSampleFile(head: head, fileSize: 552).head == head)
        head[508] = 30
        let read = try SXSampleFile(head: head, fileSize: 552)
        #expect(read.head == head && read.frames == 15 && read.trailingBytes == 10)
        (head[58], head[59]) = (200, 1)
        #expect(try SXSampleFile(head: head, fileSize: 552).pad == nil)
    }

    @Test(arguments: Array(0..<54) + Array(504..<512))
    func `a changed byte of the layout is found`(place: Int) throws {
        var head = try SXSampleFile(channels: 2, frames: 10, pad: PadAddress.allOnSX[0]).head
        head[place] ^= 0x41
        #expect(throws: SamplerError.self) { try SXSampleFile(head: head, fileSize: 552) }
    }

    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func `what parses gives the same bytes, the rest is refused`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var head = seed % 2 == 0 ? Self.aiff(frames: 20) : Self.wav(frames: 20)
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            head[Int.random(in: 0..<512, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        for size in [552, 0, Int.max, -1] {
            guard let read = try? SXSampleFile(head: head, fileSize: size) else { continue }
            #expect(read.head == head && read.fileSize == size)
        }
    }

    @Test func `lengths that cannot be are refused`() throws {
        #expect(throws: SamplerError.self) { try SXSampleFile(channels: 3, frames: 1, pad: PadAddress.allOnSX[0]) }
        #expect(throws: SamplerError.self) { try SXSampleFile(channels: 1, frames: 0, pad: PadAddress.allOnSX[0]) }
        #expect(throws: SamplerError.self) {
            try SXSampleFile(channels: 2, frames: 1 << 30, pad: PadAddress.allOnSX[0])
        }
        #expect(throws: SamplerError.self) {
            try SXSampleFile(channels: 1, frames: 9, pad: PadAddress.all[12])
        }
        let head = Self.wav(frames: 20)
        #expect(throws: SamplerError.self) { try SXSampleFile(head: head, fileSize: 550) }
        #expect(throws: SamplerError.self) { try SXSampleFile(head: Array(head.dropLast()), fileSize: 552) }
        #expect(throws: SamplerError.self) { try SXSampleFile(head: [], fileSize: 0) }
    }

    @Test func `both kinds are heard as any WAV or AIFF`() throws {
        let folder = try TestFolder()
        for (head, format) in [(Self.wav(frames: 20), AudioFormat.wav), (Self.aiff(frames: 20), .aiff)] {
            let path = folder.file("sound-\(format)")
            try Data(head + Array(repeating: 0x11, count: 40)).write(to: URL(fileURLWithPath: path))
            let file = try WrittenFile(path: path)
            #expect(file.stream.format == format && file.stream.sampleRate == 44_100)
            #expect(file.samples == Array(repeating: Float(0x1111) / 32_768, count: 20))
        }
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    private static func wav(frames: Int) -> [UInt8] {
        (try? SXSampleFile(channels: 1, frames: frames, pad: PadAddress.allOnSX[0]).head) ?? []
    }

    /// Pad G2, mono, put together from the chunks of AIFF.
    private static func aiff(frames: UInt8) -> [UInt8] {
        let sound = Int(frames) * 2
        let rate: [UInt8] = [0x40, 0x0E, 0xAC, 0x44, 0, 0, 0, 0, 0, 0]
        let parts: [[UInt8]] = [
            Array("FORM".utf8), word(504 + sound), Array("AIFFCOMM".utf8), word(18), [0, 1], word(Int(frames)),
            [0, 16],
            rate, Array("APPL".utf8), word(450), Array("RLNDroifspsx".utf8), word(4), word(73),
            Array(repeating: 0, count: 430), Array("SSND".utf8), word(sound + 8), word(0), word(0),
        ]
        return parts.flatMap(\.self)
    }

    private static func word(_ value: Int) -> [UInt8] {
        [UInt8(value >> 24 & 255), UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255)]
    }
}
