import ArgumentParser
import AudioCore
import Foundation
import Storage

enum ReportFormat: String, EnumerableFlag {
    case json, ndjson, csv, table
}

/// Prints records as they come; nothing is kept, however many files there are.
struct Report {
    private let format: ReportFormat
    private let hasTags: Bool
    private var list: JSONList?
    private var count = 0

    init(_ format: ReportFormat, isSingle: Bool, hasTags: Bool = false) {
        (self.format, self.hasTags) = (format, hasTags)
        if format == .json { list = JSONList(isSingle: isSingle) }
        if format == .csv { write(CSV.header + (hasTags ? ",tags" : "") + "\r\n") }
    }

    mutating func add(_ features: AudioFeatures) {
        let tags = hasTags ? SoundDescription(features).tags : nil
        switch format {
        case .json where hasTags: list?.add(DescribedSound(features: features))
        case .json: list?.add(features)
        case .ndjson where hasTags:
            write(JSONOutput.text(DescribedSound(features: features), isPretty: false) + "\n")
        case .ndjson: write(JSONOutput.text(features, isPretty: false) + "\n")
        case .csv:
            write(CSV.line(features) + (tags.map { "," + CSVCell.quoted($0.joined(separator: "; ")) } ?? "") + "\r\n")
        case .table:
            if count == 0 { write(Table.header + (hasTags ? "  TAGS" : "") + "\n") }
            write(Table.line(features) + (tags.map { "  " + $0.joined(separator: ", ") } ?? "") + "\n")
        }
        count += 1
    }

    func end() { list?.end() }
}

/// For people: one line a file.
enum Table {
    static var header: String {
        line("KIND", "ROLE", "LENGTH", "TEMPO", "KEY", "LOUDNESS", "PEAK", "FILE")
    }

    static func line(_ features: AudioFeatures) -> String {
        line(
            features.kind.rawValue, role(features.role), length(features.duration),
            number(features.bpm, "%.2f", "BPM"),
            features.key.map { "\($0.tonic.rawValue) \($0.scale.rawValue)" } ?? "–",
            number(features.loudness.integrated, "%.1f", "LUFS"), number(features.loudness.truePeak, "%.1f", "dBTP"),
            (features.file ?? "").printable)
    }

    private static func line(_ cells: String...) -> String {
        let widths = [8, 10, 8, 10, 8, 10, 10]
        let padded = zip(cells, widths).map { cell, width in
            cell + String(repeating: " ", count: max(0, width - cell.count))
        }
        return (padded + cells.dropFirst(widths.count)).joined(separator: "  ")
    }

    /// With a question mark where it is more likely wrong than right.
    private static func role(_ estimate: RoleEstimate?) -> String {
        estimate.map { $0.role.rawValue + ($0.confidence < 0.5 ? "?" : "") } ?? "–"
    }

    private static func length(_ seconds: Double) -> String {
        seconds < 60
            ? String(format: "%.2f s", seconds)
            : String(format: "%d:%04.1f", Int(seconds / 60), seconds.truncatingRemainder(dividingBy: 60))
    }

    private static func number(_ value: Double?, _ format: String, _ unit: String) -> String {
        guard let value else { return "–" }
        let text = String(format: format, value)
        // No sign before what was rounded to nothing.
        return (Double(text) == 0 ? String(text.drop { $0 == "-" }) : text) + " " + unit
    }
}
