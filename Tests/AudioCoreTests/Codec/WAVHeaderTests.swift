import Foundation
import Testing

@testable import AudioCore

@Suite struct WAVHeaderTests {
    private let samples: [Int16] = [0, 16_384, -32_768, 32_767, -1, 1, 12, -12]

    private func decode(_ bytes: [UInt8]) throws -> Decoded {
        try withFile(bytes) { try Decoded($0) }
    }

    private func data(size: UInt32? = nil) -> [UInt8] {
        MadeFiles.chunk("data", samples.flatMap { MadeFiles.little($0) }, size: size)
    }

    @Test func `sixteen bits are exact`() throws {
        #expect(try decode(MadeFiles.wav(samples: samples)).samples == samples.map { Float($0) / 32_768 })
    }

    @Test(arguments: [0, UInt32.max])
    func `a stream of unknown length is read to its end`(size: UInt32) throws {
        let decoded = try decode(MadeFiles.wav(MadeFiles.fmt(), data(size: size), size: size))
        #expect(decoded.framesRead == samples.count)
        #expect(!decoded.isTruncated)
    }

    @Test func `a promise of more than there is gives what there is, and says so`() throws {
        let decoded = try decode(MadeFiles.wav(MadeFiles.fmt(), data(size: 1_000)))
        #expect(decoded.framesRead == samples.count)
        #expect(decoded.isTruncated)
    }

    @Test func `a stream of unknown length that ends within a frame is cut, and says so`() throws {
        let bytes = MadeFiles.wav(MadeFiles.fmt(), data(size: .max), size: .max)
        #expect(try decode(bytes.dropLast()).isTruncated)
        #expect(try !decode(bytes).isTruncated)
    }

    @Test func `odd chunks are padded, and the format may come last`() throws {
        let odd = MadeFiles.chunk("LIST", Array("INFOodd".utf8))
        #expect(try decode(MadeFiles.wav(odd, MadeFiles.fmt(), odd, data())).framesRead == samples.count)
        #expect(try decode(MadeFiles.wav(data(), odd, MadeFiles.fmt())).framesRead == samples.count)
    }

    @Test func `two formats are refused, of two data chunks the first counts`() throws {
        #expect(throws: AudioError.damaged(format: .wav, reason: "two fmt chunks")) {
            try decode(MadeFiles.wav(MadeFiles.fmt(), MadeFiles.fmt(bits: 8), data()))
        }
        #expect(try decode(MadeFiles.wav(MadeFiles.fmt(), data(), data())).framesRead == samples.count)
    }

    @Test func `RF64 takes its length from ds64`() throws {
        let long: [UInt8] = MadeFiles.little(UInt64(0)) + MadeFiles.little(UInt64(6)) + MadeFiles.little(UInt64(3))
        let ds64 = MadeFiles.chunk("ds64", long + [0, 0, 0, 0])
        let bytes = MadeFiles.wav(ds64, MadeFiles.fmt(), data(size: .max), magic: "RF64", size: .max)
        #expect(try decode(bytes).framesRead == 3)
        #expect(try decode(bytes.map { $0 }).isTruncated == false)
    }

    @Test func `a length of 64 bits that no file has is no trap`() throws {
        let ds64 = MadeFiles.chunk("ds64", [UInt8](repeating: 0xFF, count: 28))
        for tail in [data(size: .max), data(size: .max) + MadeFiles.chunk("junk", [1])] {
            #expect(try decode(MadeFiles.wav(ds64, MadeFiles.fmt(), tail, magic: "BW64")).framesRead >= samples.count)
        }
        #expect(throws: AudioError.self) { try decode(MadeFiles.wav(ds64, data(size: .max), magic: "RF64")) }
    }

    private static let depths: [(bits: UInt16, stored: [UInt8], value: Float)] = [
        (12, [0x10, 0x80], -0.999_511_718_75), (20, [0, 0, 0x40], 0.5), (32, [0, 0, 0, 0xC0], -0.5),
    ]

    @Test(arguments: depths)
    func `odd bit depths sit at the upper end of their bytes`(bits: UInt16, stored: [UInt8], value: Float) throws {
        let decoded = try decode(MadeFiles.wav(MadeFiles.fmt(bits: bits), MadeFiles.chunk("data", stored)))
        #expect(decoded.samples == [value])
        #expect(decoded.stream.bitDepth == Int(bits))
    }

    @Test func `24 bits may be kept in 32`() throws {
        let format = MadeFiles.fmt(bits: 24, frameBytes: 4)
        #expect(try decode(MadeFiles.wav(format, MadeFiles.chunk("data", [0, 0, 0, 0x40]))).samples == [0.5])
    }

    /// Of 16-bit full scale.
    private static let levels: [(codec: UInt16, code: UInt8, level: Float)] = [
        (6, 0xD5, 8), (6, 0x55, -8), (6, 0xAA, 32_256), (7, 0xFF, 0), (7, 0x80, 32_124), (7, 0x00, -32_124),
    ]

    @Test(arguments: levels)
    func `companded codes give the levels of G-711`(codec: UInt16, code: UInt8, level: Float) throws {
        let format = MadeFiles.fmt(codec: codec, bits: 8)
        #expect(try decode(MadeFiles.wav(format, MadeFiles.chunk("data", [code]))).samples == [level / 32_768])
    }

    @Test func `floats that are not finite become silence and are counted`() throws {
        let values: [Float] = [
            0.5, .nan, .infinity, -.infinity, -0.25, 1e38, -1e30, .signalingNaN, 1.5, .leastNonzeroMagnitude,
        ]
        let sound = values.flatMap { MadeFiles.little($0.bitPattern) }
        let decoded = try decode(
            MadeFiles.wav(MadeFiles.fmt(codec: 3, bits: 32), MadeFiles.chunk("data", sound)))
        #expect(decoded.samples == [0.5, 0, 0, 0, -0.25, 0x1p31, -0x1p31, 0, 1.5, .leastNonzeroMagnitude])
        #expect(decoded.repairedSamples == 6)
    }

    @Test func `doubles too large for a float do not become infinite`() throws {
        let values: [Double] = [0.5, 1e300, -1e300, .infinity, .nan]
        let sound = values.flatMap { MadeFiles.little($0.bitPattern) }
        let decoded = try decode(
            MadeFiles.wav(MadeFiles.fmt(codec: 3, bits: 64), MadeFiles.chunk("data", sound)))
        #expect(decoded.samples == [0.5, 0x1p31, -0x1p31, 0, 0])
    }

    @Test func `big-endian RIFF is the same sound`() throws {
        func big<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] { MadeFiles.little(number).reversed() }
        let format = big(1 as UInt16) + big(1 as UInt16) + big(44_100 as UInt32) + big(0 as UInt32)
        let chunks =
            Array("WAVEfmt ".utf8) + big(16 as UInt32) + format + big(2 as UInt16) + big(16 as UInt16)
            + Array("data".utf8) + big(UInt32(2 * samples.count)) + samples.flatMap { big($0) }
        let bytes = Array("RIFX".utf8) + big(UInt32(chunks.count)) + chunks
        #expect(try decode(bytes).samples == samples.map { Float($0) / 32_768 })
    }

    @Test func `no frame at all is an error of its own`() {
        #expect(throws: AudioError.empty(format: .wav)) { try decode(MadeFiles.wav(samples: [])) }
        #expect(throws: AudioError.empty(format: .wav)) {
            try decode(MadeFiles.wav(MadeFiles.fmt(channels: 2), MadeFiles.chunk("data", [1, 2])))
        }
    }
}
