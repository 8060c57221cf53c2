import Foundation

/// An SMP file read from its description alone.
struct PlainSample: Equatable {
    let size: Int
    let channels: Int
    /// Interleaved.
    let samples: [Int]
    var complaints = Complaints()

    var frames: Int { samples.count / max(channels, 1) }

    init(_ file: PlainBytes) {
        (size, channels) = (file.count, file.count >= 512 ? file.big(0x0C) : 0)
        samples = file.samples(from: 512, bigEndian: true)
        complaints.expect(file.count >= 512, "shorter than its head")
        complaints.expect(file.holds("RFWV", at: 0), "does not begin with RFWV")
        complaints.expect(file.big(4) == size - 8, "tells a size of \(file.big(4)) + 8")
        complaints.expect(file.big(8) == 48_000, "is not of 48,000 Hz")
        complaints.expect(channels == 1 || channels == 2, "has \(channels) channels")
        complaints.expect(file.big(0x10) == 16, "is not of 16 bits")
        complaints.expect(file[0x14..<0x20] == [UInt8](repeating: 0, count: 12), "bytes 0x14–0x1F are not zero")
        complaints.expect(file[0x20..<0x30] == plainMD5(file[0x04..<0x14]), "has a wrong MD5")
        complaints.expect(!samples.isEmpty && (size - 512) % (2 * max(channels, 1)) == 0, "does not end on a frame")
        complaints.expect(frames <= 16 * 60 * 48_000, "is longer than 16 minutes")
    }
}

/// A folder PROJECT_NN read from the description of its files alone, with everything that speaks against it.
struct PlainProject: Equatable {
    let configuration: PlainPadConf
    /// By the number of the pad, 0–159.
    private(set) var samples: [Int: PlainSample] = [:]
    private(set) var complaints: [String]

    init(folder: String) {
        configuration = PlainPadConf(PlainBytes(path: "\(folder)/PADCONF.BIN") ?? PlainBytes([]))
        complaints = configuration.complaints.list
        guard configuration.pads.count == 160 else { return }
        for pad in 0..<160 {
            let name = Self.name(pad)
            let file = PlainBytes(path: "\(folder)/SMPL/\(name)")
            samples[pad] = file.map { PlainSample($0) }
            complaints += (samples[pad]?.complaints.list ?? []).map { "\(name) \($0)" }
            compare(pad, configuration.pads[pad], samples[pad])
        }
        complainOfStrangers(in: folder)
    }

    /// BANK1-01.SMP … BANK10-16.SMP.
    static func name(_ pad: Int) -> String {
        "BANK\(pad / 16 + 1)-\(pad % 16 < 9 ? "0" : "")\(pad % 16 + 1).SMP"
    }

    /// A record against its file.
    private mutating func compare(_ pad: Int, _ record: [Int], _ sample: PlainSample?) {
        guard let sample, record[0] > 0 else {
            if record[0] > 0 { complaints.append("pad \(pad): its file is missing") }
            if sample != nil { complaints.append("pad \(pad): a file and no record of it") }
            return
        }
        if record[0] != sample.size { complaints.append("pad \(pad): \(record[0]) bytes told, \(sample.size) there") }
        let (start, end, loop) = (record[1], record[2], record[11])
        if !(512 <= start && start < end && end <= sample.size) {
            complaints.append("pad \(pad): plays \(start)–\(end) of \(sample.size)")
        }
        if !(start <= loop && loop < end) { complaints.append("pad \(pad): loops from \(loop)") }
        for place in [start, end, loop] where (place - 512) % (2 * sample.channels) != 0 {
            complaints.append("pad \(pad): \(place) is not at a frame")
        }
        if configuration.version == 3, let last = configuration.chops[pad].last, last >= sample.frames {
            complaints.append("pad \(pad): a chop at \(last) of \(sample.frames) frames")
        }
    }

    private mutating func complainOfStrangers(in folder: String) {
        let manager = FileManager.default
        let known = Set(["PADCONF.BIN", "SMPL", "PTN", "PICTURE"])
        for name in (try? manager.contentsOfDirectory(atPath: folder)) ?? [] where !known.contains(name) {
            complaints.append("\(name) does not belong to a project")
        }
        let files = Set((0..<160).map(Self.name))
        for name in (try? manager.contentsOfDirectory(atPath: "\(folder)/SMPL")) ?? [] where !files.contains(name) {
            complaints.append("SMPL/\(name) does not belong to a project")
        }
    }
}
