import AudioCore

/// Whole files of a sampler's project, and the other files that such a project has.
enum MadeSamplerFiles {
    static func seeds(_ target: Target) -> [(name: String, bytes: [UInt8])] {
        switch target {
        case .audio: []
        case .padconf: [("new", PadConfiguration(name: "New").bytes), ("used", configuration), ("version2", version2)]
        case .smp: [("mono", sample(channels: 1, frames: 2_000)), ("stereo", sample(channels: 2, frames: 500))]
        case .pattern: [("bar", bar), ("waltz", waltz), ("knobs", knobs)]
        case .padinfo: [("used", MadeSXFiles.information)]
        case .sxwave: [("mono", MadeSXFiles.wave(channels: 1)), ("stereo", MadeSXFiles.wave(channels: 2))]
        }
    }

    /// A project that a unit would take, its files by their names.
    static let project: [(name: String, bytes: [UInt8])] = [
        ("PADCONF.BIN", configuration), ("SMPL/BANK1-01.SMP", sample(channels: 1, frames: 2_000)),
        ("SMPL/BANK10-16.SMP", sample(channels: 2, frames: 500)), ("PTN/PTN00001.BIN", bar),
    ]

    /// Where the input of a target stands in a project.
    static func place(_ target: Target) -> String {
        switch target {
        case .padconf, .audio, .padinfo, .sxwave: "PADCONF.BIN"
        case .smp: "SMPL/BANK1-01.SMP"
        case .pattern: "PTN/PTN00001.BIN"
        }
    }

    private static let configuration: [UInt8] = {
        var made = PadConfiguration(name: "Fuzz")
        for (pad, size) in [(0, 512 + 4_000), (159, 512 + 2_000)] {
            made.pads[pad][.fileSize] = size
            made.pads[pad][.end] = size
            made.pads[pad].isLooped = true
            for chop in 0..<4 { made.chops[pad][chop] = UInt32(chop * 100 + 50) }
        }
        made.settings.usesProjectTempo = true
        return made.bytes
    }()

    /// Without name and chops.
    private static let version2: [UInt8] = {
        var bytes = Array(configuration[..<0x80] + configuration[0xA0..<0x7B20])
        bytes[8] = 2
        return bytes
    }()

    private static func sample(channels: Int, frames: Int) -> [UInt8] {
        let head = (try? SampleFile(channels: channels, frames: frames))?.head ?? []
        return head + (0..<2 * channels * frames).map { UInt8(truncatingIfNeeded: $0 &* 37) }
    }

    private static let pause: [UInt8] = [240, 0x80, 0, 0, 0, 0, 0, 0]
    private static let strike: [UInt8] = [240, 0x2F, 0, 0x8D, 100, 64, 0x78, 0]
    private static let far: [UInt8] = [240, 0x7E, 1, 0x8D, 10, 64, 0, 2]
    private static let knob: [UInt8] = [0, 0x8E, 1, 0, 0, 74, 99, 0]
    private static let end: [UInt8] = [0, 0x8C, 0, 0, 0, 0, 0, 0]

    private static let bar = file([strike, pause, far, pause, pause, pause, pause, pause], bars: 1)
    private static let waltz = file(
        Array(repeating: [strike, pause, far, pause, pause, pause], count: 4).flatMap { $0 }, bars: 4)
    private static let knobs = file(Array(repeating: [knob, strike], count: 50).flatMap { $0 }, bars: 0)

    private static func file(_ events: [[UInt8]], bars: UInt8) -> [UInt8] {
        events.flatMap { $0 } + end + [bars, 0, 0, 0, 0, 0, 0, 0]
    }
}
