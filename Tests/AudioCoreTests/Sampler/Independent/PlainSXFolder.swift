import Foundation

/// A folder SMPL of an SP-404SX read from its description alone.
struct PlainSXFolder: Equatable {
    /// 120 records of 32 bytes.
    private(set) var records: [PlainBytes] = []
    /// By the number of the pad, 0–119.
    private(set) var waves: [Int: PlainWave] = [:]
    private(set) var complaints: [String] = []

    init(folder: String) {
        let info = PlainBytes(path: "\(folder)/PAD_INFO.BIN") ?? PlainBytes([])
        guard info.count == 120 * 32 else {
            complaints.append("PAD_INFO.BIN has \(info.count) bytes, not 3,840")
            return
        }
        records = (0..<120).map { PlainBytes(info[32 * $0..<32 * $0 + 32]) }
        for pad in 0..<120 {
            waves[pad] = PlainBytes(path: "\(folder)/\(Self.name(pad))").map { PlainWave($0) }
            complaints += (waves[pad]?.complaintsForSX(pad: pad) ?? []).map { "\(Self.name(pad)) \($0)" }
            complaints += compare(records[pad], waves[pad]).list.map { "pad \(pad): \($0)" }
        }
        let known = Set((0..<120).map(Self.name) + ["PAD_INFO.BIN"])
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] where !known.contains(name) {
            complaints.append("\(name) does not belong to the folder")
        }
    }

    /// A0000001.WAV … J0000012.WAV.
    static func name(_ pad: Int) -> String {
        let number = String(pad % 12 + 1)
        return "\(Array("ABCDEFGHIJ")[pad / 12])\(String(repeating: "0", count: 7 - number.count))\(number).WAV"
    }

    private func compare(_ record: PlainBytes, _ wave: PlainWave?) -> Complaints {
        var found = Complaints()
        let (first, last, start, end) = (record.big(0), record.big(4), record.big(8), record.big(12))
        found.expect(record.bytes[16] <= 127, "volume \(record.bytes[16])")
        for flag in 17...21 { found.expect(record.bytes[flag] <= 1, "byte \(flag) is \(record.bytes[flag])") }
        found.expect(record.bytes[23] <= 2, "tempo mode \(record.bytes[23])")
        guard let wave else {
            found.expect(last <= first && end <= start, "a record of no file")
            return found
        }
        found.expect(first == 512 && last == wave.file.count, "holds \(first)–\(last) of \(wave.file.count) bytes")
        found.expect(first <= start && start < end && end <= last, "plays \(start)–\(end) of \(last)")
        for place in [start, end] {
            found.expect((place - 512) % (2 * max(wave.channels, 1)) == 0, "\(place) is not at a frame")
        }
        found.expect(record.bytes[21] == 1, "is told to be an AIFF")
        found.expect(Int(record.bytes[22]) == wave.channels, "\(record.bytes[22]) channels told")
        found.expect(record.big(24) > 0 && record.big(28) > 0, "a tempo of nothing")
        return found
    }
}
