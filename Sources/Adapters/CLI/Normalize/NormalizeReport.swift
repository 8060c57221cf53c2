import AudioCore
import Foundation

/// What is printed of one file.
struct NormalizeRecord: Encodable, Sendable {
    let file: String
    let output: String
    let result: Normalization

    init(file: String, output: String, _ result: Normalization) {
        (self.file, self.output, self.result) = (file, output, result)
    }

    private enum CodingKeys: String, CodingKey {
        case file, output, before, after, channels, frames, truncated
        case gain = "gain_db"
        case reduction = "limiter_max_reduction_db"
        case missing = "missing_lu"
        case sampleRate = "sample_rate"
    }

    private enum LevelKeys: String, CodingKey {
        case loudness = "loudness_lufs"
        case peak = "true_peak_dbtp"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(file, forKey: .file)
        try container.encode(output, forKey: .output)
        for (key, level) in [(CodingKeys.before, result.before), (.after, result.after)] {
            var levels = container.nestedContainer(keyedBy: LevelKeys.self, forKey: key)
            try levels.encode(level.loudness.map(Self.rounded), forKey: .loudness)
            try levels.encode(level.truePeak.map(Self.rounded), forKey: .peak)
        }
        try container.encode(Self.rounded(result.gain), forKey: .gain)
        try container.encode(Self.rounded(result.largestReduction), forKey: .reduction)
        try container.encode(Self.rounded(result.missing), forKey: .missing)
        try container.encode(result.sampleRate, forKey: .sampleRate)
        try container.encode(result.channels, forKey: .channels)
        try container.encode(result.frames, forKey: .frames)
        try container.encode(result.isTruncated, forKey: .truncated)
    }

    private static func rounded(_ value: Double) -> Double { (value * 1_000).rounded() / 1_000 }
}

/// Prints records as they come, as JSON or one line a file.
struct NormalizeReport {
    private var list: JSONList?
    private var count = 0

    init(isJSON: Bool, isSingle: Bool) { if isJSON { list = JSONList(isSingle: isSingle) } }

    mutating func add(_ record: NormalizeRecord) {
        if list != nil {
            list?.add(record)
        } else {
            if count == 0 { write(Self.line("LOUDNESS (LUFS)", "GAIN", "PEAK", "LIMITED", "FILE") + "\n") }
            write(line(record) + "\n")
            note(record)
        }
        count += 1
    }

    func end() { list?.end() }

    private func line(_ record: NormalizeRecord) -> String {
        let result = record.result
        let reduction = result.largestReduction > 0.005 ? String(format: "%.1f dB", result.largestReduction) : "–"
        return Self.line(
            "\(Self.level(result.before.loudness)) → \(Self.level(result.after.loudness))",
            String(format: "%+.1f dB", (result.gain * 10).rounded() / 10 + 0),
            Self.level(result.after.truePeak) + " dBTP", reduction,
            record.output.printable)
    }

    /// What a person should know and a row has no room for.
    private func note(_ record: NormalizeRecord) {
        if record.result.missing > 0 {
            FileProblem(
                path: record.file,
                reason: String(format: "stays %.1f LU below the target: its peaks allow no more", record.result.missing)
            ).report()
        }
        if record.result.isTruncated {
            FileProblem(path: record.file, reason: "is cut short: what is there was written").report()
        }
    }

    private static func level(_ value: Double?) -> String {
        value.map { String(format: "%.1f", $0) } ?? "–"
    }

    private static func line(_ cells: String...) -> String {
        let padded = zip(cells, [15, 8, 10, 8]).map { cell, width in
            cell + String(repeating: " ", count: max(0, width - cell.count))
        }
        return (padded + cells.dropFirst(4)).joined(separator: "  ")
    }
}
