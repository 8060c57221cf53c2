import ArgumentParser
import AudioCore
import Foundation

enum ReportFormat: String, EnumerableFlag {
    case json, ndjson, csv, table
}

/// Prints records as they come; nothing is kept, however many files there are.
struct Report {
    private let format: ReportFormat
    private let isSingle: Bool
    private var count = 0

    init(_ format: ReportFormat, isSingle: Bool) {
        (self.format, self.isSingle) = (format, isSingle)
    }

    mutating func begin() {
        if format == .json, !isSingle { write("[") }
        if format == .csv { write(CSV.header + "\r\n") }
    }

    mutating func add(_ features: AudioFeatures) {
        switch format {
        case .json: write((isSingle ? "" : count == 0 ? "\n" : ",\n") + json(features, isPretty: true))
        case .ndjson: write(json(features, isPretty: false) + "\n")
        case .csv: write(CSV.line(features) + "\r\n")
        case .table:
            if count == 0 { write(Table.header + "\n") }
            write(Table.line(features) + "\n")
        }
        count += 1
    }

    mutating func end() {
        if format == .json, isSingle { write(count == 0 ? "" : "\n") }
        if format == .json, !isSingle { write(count == 0 ? "]\n" : "\n]\n") }
    }

    private func json(_ features: AudioFeatures, isPretty: Bool) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if isPretty { encoder.outputFormatting.insert(.prettyPrinted) }
        // Features are finite by construction, so this cannot fail.
        return (try? encoder.encode(features)).map { String(decoding: $0, as: UTF8.self) } ?? "null"
    }

    private func write(_ text: String) {
        FileHandle.standardOutput.write(Data(text.utf8))
    }
}

/// RFC 4180, one column for each key of the JSON.
enum CSV {
    private static let columns = [
        "file", "format", "duration", "sample_rate", "channels", "bit_depth", "frames", "kind", "bpm", "bpm_confidence",
        "key", "scale", "key_confidence", "loudness_lufs", "true_peak_dbtp", "spectral_centroid",
        "spectral_centroid_std", "spectral_bandwidth", "spectral_bandwidth_std", "spectral_rolloff",
        "spectral_rolloff_std", "spectral_flatness", "spectral_flatness_std", "zero_crossing_rate",
        "zero_crossing_rate_std", "rms", "rms_std",
    ]

    static var header: String { columns.joined(separator: ",") }

    static func line(_ features: AudioFeatures) -> String {
        guard let data = try? JSONEncoder().encode(features),
            let record = try? JSONDecoder().decode([String: Cell].self, from: data)
        else { return "" }
        return columns.map { record[$0]?.text ?? "" }.joined(separator: ",")
    }

    /// A value of the record, as CSV writes it.
    private struct Cell: Decodable {
        let text: String

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                text = ""
            } else if let whole = try? container.decode(Int.self) {
                text = String(whole)
            } else if let number = try? container.decode(Double.self) {
                text = String(number)
            } else {
                text = Self.quoted(try container.decode(String.self))
            }
        }

        private static func quoted(_ text: String) -> String {
            guard text.contains(where: { ",\"\r\n".contains($0) || $0 == "\r\n" }) else { return text }
            return "\"" + text.replacing("\"", with: "\"\"") + "\""
        }
    }
}

/// For people: one line a file.
enum Table {
    static var header: String {
        line("KIND", "LENGTH", "TEMPO", "KEY", "LOUDNESS", "PEAK", "FILE")
    }

    static func line(_ features: AudioFeatures) -> String {
        line(
            features.kind.rawValue, length(features.duration), number(features.bpm, "%.2f", "BPM"),
            features.key.map { "\($0.tonic.rawValue) \($0.scale.rawValue)" } ?? "–",
            number(features.loudness, "%.1f", "LUFS"), number(features.truePeak, "%.1f", "dBTP"),
            (features.file ?? "").printable)
    }

    private static func line(_ cells: String...) -> String {
        let widths = [8, 8, 10, 8, 10, 10]
        let padded = zip(cells, widths).map { cell, width in
            cell + String(repeating: " ", count: max(0, width - cell.count))
        }
        return (padded + cells.dropFirst(widths.count)).joined(separator: "  ")
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

extension String {
    /// Without control characters: a file's name cannot steer the terminal.
    var printable: String {
        String(String.UnicodeScalarView(unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }))
    }
}
