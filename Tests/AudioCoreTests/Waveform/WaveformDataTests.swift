import Foundation
import Testing

@testable import AudioCore

@Suite struct WaveformDataTests {
    /// The example of the format's documentation.
    private let example = WaveformData(
        sampleRate: 48_000, samplesPerPixel: 512, channels: 2,
        values: [-65, 63, -66, 64, -40, 41, -39, 45, -55, 43, -55, 44].map { $0 * 256 })

    @Test func `JSON has the fields of the documentation's example`() throws {
        let text = String(decoding: example.bytes(.json, bits: .eight), as: UTF8.self)
        #expect(
            text == """
                {"version":2,"channels":2,"sample_rate":48000,"samples_per_pixel":512,"bits":8,"length":3,\
                "data":[-65,63,-66,64,-40,41,-39,45,-55,43,-55,44]}

                """)
    }

    @Test func `the binary form is a header of 24 bytes and the values, little endian`() {
        let header: [UInt8] = [2, 0, 0, 0, 1, 0, 0, 0, 0x80, 0xBB, 0, 0, 0, 2, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0]
        let values: [Int8] = [-65, 63, -66, 64, -40, 41, -39, 45, -55, 43, -55, 44]
        let expected: [UInt8] = header + values.map { UInt8(bitPattern: $0) }
        #expect(example.bytes(.dat, bits: .eight) == expected)
        let sixteen = example.bytes(.dat)
        #expect(sixteen.count == 24 + 24)
        #expect(sixteen[4] == 0, "flag 0: 16 bits")
        #expect(Array(sixteen[24..<28]) == [0x00, 0xBF, 0x00, 0x3F], "-65·256, 63·256")
    }

    @Test(arguments: WaveformData.Resolution.allCases)
    func `both forms, read by the specification, say the same`(bits: WaveformData.Resolution) throws {
        var random = SplitMix64(seed: 9)
        let values =
            [Int16.min, .max, 0, -1, 1, -255, 255, -256, 256, 9]
            + (0..<40_000).map { _ in Int16.random(in: .min ... .max, using: &random) }
        let data = WaveformData(sampleRate: 44_100, samplesPerPixel: 256, channels: 1, values: values)
        let expected = values.map { bits == .eight ? Int($0) / 256 : Int($0) }
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(data.bytes(.json, bits: bits))) as? [String: Any])
        #expect(object["data"] as? [Int] == expected)
        #expect(object["length"] as? Int == values.count / 2)
        #expect(object["bits"] as? Int == bits.rawValue)
        let body = Array(data.bytes(.dat, bits: bits)[24...])
        let read =
            bits == .eight
            ? body.map { Int(Int8(bitPattern: $0)) }
            : stride(from: 0, to: body.count, by: 2).map { at in
                Int(Int16(bitPattern: UInt16(body[at]) | UInt16(body[at + 1]) << 8))
            }
        #expect(read == expected)
    }

    @Test func `a long file is handed on in portions`() throws {
        let data = WaveformData(
            sampleRate: 8_000, samplesPerPixel: 2, channels: 1, values: [Int16](repeating: -32_768, count: 100_000))
        var (portions, joined): (Int, [UInt8]) = (0, [])
        data.write(.json) {
            #expect($0.count <= 64 << 10)
            portions += 1
            joined += $0
        }
        #expect(portions > 10 && joined == data.bytes(.json))
    }

    @Test func `samples of 16 bits are given as they are, the last point holds the rest`() throws {
        try withFile(MadeFiles.wav(samples: [1, -2, 3, 32_767, -32_768, 5, 7])) { path in
            let data = try WaveformData.measure(path: path, zoom: .samplesPerPixel(3))
            #expect(data.values == [-2, 3, -32_768, 32_767, 7, 7])
            #expect(data.length == 3 && data.channels == 1 && data.samplesPerPixel == 3 && data.sampleRate == 44_100)
        }
    }

    @Test func `channels are mixed by whole numbers, rounded towards nothing, or interleaved`() throws {
        try withFile(MadeFiles.wav(samples: [3, 4, -3, -4, 100, -101, 8, 8], channels: 2)) { path in
            let mixed = try WaveformData.measure(path: path, zoom: .samplesPerPixel(2))
            #expect(mixed.values == [-3, 3, 0, 8])
            let split = try WaveformData.measure(path: path, zoom: .samplesPerPixel(2), lanes: .channels)
            #expect(split.channels == 2 && split.length == 2)
            #expect(split.values == [-3, 3, -4, 4, 8, 100, -101, 8])
        }
    }

    @Test func `floats beyond full scale are cut`() throws {
        try withFile(floatWAV([1, -1, 3, -3], channels: 1)) { path in
            let data = try WaveformData.measure(path: path, zoom: .samplesPerPixel(2))
            #expect(data.values == [-32_768, 32_767, -32_768, 32_767])
        }
    }

    @Test(arguments: [(1, 2), (100, 2), (101, 2), (200, 2), (201, 3), (1_000, 10), (1_001, 11)])
    func `a width gives the fewest samples a point that fit into it`(frames: Int, samples: Int) throws {
        try withFile(MadeFiles.wav(samples: [Int16](repeating: 1, count: frames))) { path in
            let data = try WaveformData.measure(path: path, zoom: .width(100))
            #expect(data.samplesPerPixel == samples && data.length <= 100)
        }
    }

    @Test func `a width works too where only decoding tells the length`() throws {
        let path = AudioVectors.valid("ogg.ogg")
        let data = try WaveformData.measure(path: path, zoom: .width(40))
        #expect((35...40).contains(data.length))
        #expect(try WaveformData.measure(path: path, zoom: .samplesPerPixel(data.samplesPerPixel)) == data)
    }

    @Test(arguments: [1, 0, -5, Int.max])
    func `a point of fewer than two samples, or of more than the format can say, is refused`(samples: Int) throws {
        try withFile(MadeFiles.wav(samples: [1, 2, 3])) { path -> Void in
            #expect(throws: WaveformDataError.zoom(samples)) {
                try WaveformData.measure(path: path, zoom: .samplesPerPixel(samples))
            }
        }
    }
}
