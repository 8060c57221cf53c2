import Foundation

@testable import AudioCore

/// A project folder that a test may damage.
final class MadeProject {
    let folder: TestFolder
    var path: String { folder.file("PROJECT_03") }

    /// A1 is stereo with chops, B2 mono and looped; patterns on A1 and J16; a chain, a picture and a strange file.
    init() throws {
        folder = try TestFolder()
        var configuration = PadConfiguration(name: "Night Bus")
        configuration.settings.bpm = 92.5
        configuration.settings.usesProjectTempo = true
        for bank in 0..<10 { configuration.settings.setBPM(92.5, ofBank: bank) }
        try put("SMPL/BANK1-01.SMP", Self.sample(channels: 2, frames: 9_600))
        try put("SMPL/BANK2-02.SMP", Self.sample(channels: 1, frames: 4_800))
        Self.set(&configuration, 0, "Break", size: 512 + 9_600 * 4)
        configuration.chops[0][0] = 1_200
        configuration.chops[0][1] = 2_400
        Self.set(&configuration, 17, "Kick / low", size: 512 + 4_800 * 2)
        configuration.pads[17].isLooped = true
        configuration.pads[17][.loopStart] = 512 + 200
        try put("PADCONF.BIN", configuration.bytes)
        try put("PTN/PTN00001.BIN", Self.pattern)
        try put("PTN/PTN00160.BIN", Self.pattern)
        try put("PTN/PATTERNCHAIN_00.CHN", Array("<chain/>".utf8))
        try put("PICTURE/startup_1.bmp", Array(repeating: 7, count: 1_086))
        try put("notes.txt", [1, 2, 3])
        try FileManager.default.createDirectory(atPath: "\(path)/EMPTY", withIntermediateDirectories: true)
    }

    func put(_ name: String, _ bytes: [UInt8]) throws {
        let file = URL(fileURLWithPath: "\(path)/\(name)")
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: "\(path)/\(name)") }

    /// Writes the configuration again, changed.
    func configure(_ change: (inout PadConfiguration) -> Void) throws {
        var configuration = try PadConfiguration(Self.bytes("\(path)/PADCONF.BIN"))
        change(&configuration)
        try put("PADCONF.BIN", configuration.bytes)
    }

    /// Every file below a folder, by name.
    static func contents(of path: String) throws -> [String: [UInt8]] {
        let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        return try names.reduce(into: [:]) { files, name in
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: "\(path)/\(name)", isDirectory: &isFolder)
            files[name] = isFolder.boolValue ? [] : try bytes("\(path)/\(name)")
        }
    }

    static func bytes(_ path: String) throws -> [UInt8] { try Array(Data(contentsOf: URL(fileURLWithPath: path))) }

    static func sample(channels: Int, frames: Int) throws -> [UInt8] {
        let head = try SampleFile(channels: channels, frames: frames).head
        return head + (0..<channels * frames * 2).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }
    }

    /// A1 struck on the first beat of one bar.
    static let pattern: [UInt8] =
        [255, 0x2F, 0, 0x8D, 127, 64, 0x78, 0x00]
        + (0..<6).flatMap { _ in [255, 0x80, 0, 0, 0, 0, 0, 0] as [UInt8] }
        + [135, 0x80, 0, 0, 0, 0, 0, 0] + [0, 0x8C, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]

    private static func set(_ configuration: inout PadConfiguration, _ pad: Int, _ name: String, size: Int) {
        configuration.padNames[pad] = DeviceText(name, length: 24)
        configuration.pads[pad][.fileSize] = size
        configuration.pads[pad][.end] = size
        configuration.pads[pad].bpm = 92.5
    }
}
