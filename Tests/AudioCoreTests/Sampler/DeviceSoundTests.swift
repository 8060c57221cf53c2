import Foundation
import Testing

@testable import AudioCore

@Suite struct DeviceSoundTests {
    private let folder: TestFolder

    init() throws {
        folder = try TestFolder()
        try FileManager.default.createDirectory(atPath: folder.file("SMPL"), withIntermediateDirectories: true)
    }

    @Test func `48 kHz and 16 bits arrive on a project bit for bit, high byte first`() throws {
        var random = SplitMix64(seed: 1)
        let integers = (0..<9_602).map { _ in Int16.random(in: .min ... .max, using: &random) }
        let samples = integers.map { Float($0) / 32_768 }
        let (sample, bytes) = try convert(write(samples, .wav(.bits16), channels: 2))
        #expect(sample.frames == 4_801 && sample.channels == 2 && sample.clippedSamples == 0)
        let expected = integers.flatMap { [UInt8(truncatingIfNeeded: $0 >> 8), UInt8(truncatingIfNeeded: $0)] }
        #expect(Array(bytes[512...]) == expected)
        #expect(try SampleFile(head: Array(bytes[..<512]), fileSize: bytes.count).frames == 4_801)
    }

    @Test(arguments: [8_000, 44_100, 48_000, 384_000])
    func `one frame is lengthened to the shortest that a unit plays`(rate: Int) throws {
        let path = try write([0.25, -0.25], .wav(.bits16), rate: rate, channels: 2)
        let error = #expect(throws: SamplerError.self) { try convert(path) }
        #expect("\(error as Any)".contains("shorter than 0.1 s"))
        var options = CardOptions()
        options.lengthensShort = true
        let (sample, bytes) = try convert(path, options)
        #expect(sample.frames == 4_800 && bytes.count == 512 + 4 * 4_800)
        #expect(bytes[(bytes.count - 4 * sample.addedFrames)...].allSatisfy { $0 == 0 })
    }

    @Test func `samples beyond full scale are cut and counted`() throws {
        var samples = [Float](repeating: 0.5, count: 9_600)
        (samples[0], samples[1], samples[2], samples[3]) = (1.5, -1.5, 1, -1)
        let (sample, bytes) = try convert(write(samples, .wavFloat))
        #expect(sample.clippedSamples == 2 && sample.repairedSamples == 0 && !sample.isTruncated)
        #expect(Array(bytes[512..<520]) == [0x7F, 0xFF, 0x80, 0, 0x7F, 0xFF, 0x80, 0])
    }

    @Test func `a cancelled conversion leaves nothing`() async throws {
        let path = try write([Float](repeating: 0, count: 48_000), .wav(.bits16))
        let (plan, place) = try (plan(path, .init()), folder.path)
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            _ = try plan.convert(0, in: place)
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("SMPL")) == [])
    }

    private func write(
        _ samples: [Float], _ encoding: AudioEncoding, rate: Int = 48_000, channels: Int = 1
    ) throws -> String {
        try WrittenFile.write(samples, to: folder.file("a.wav"), as: encoding, rate: rate, channels: channels)
        return folder.file("a.wav")
    }

    private func plan(_ path: String, _ options: CardOptions) throws -> ProjectPlan {
        let kit = Kit(name: "K", pads: [KitPad(PadAddress.all[0], sample: path)])
        return try ProjectPlan(kit, from: "", number: 1, options: options)
    }

    private func convert(
        _ path: String, _ options: CardOptions = .init()
    ) throws -> (sample: CardSample, bytes: [UInt8]) {
        let plan = try plan(path, options)
        let sample = try plan.convert(0, in: folder.path)
        return try (
            sample, Array(Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/\(plan.items[0].target)")))
        )
    }
}
