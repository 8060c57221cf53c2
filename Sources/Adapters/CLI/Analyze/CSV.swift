import AudioCore
import Foundation
import Storage

/// RFC 4180: a column for each value of the JSON, one for each element of its fixed rows, and one for each line of
/// text that the file says about itself.
///
/// Lists of any length (beats, onsets, candidates, markers), comments of several lines, and what is embedded in the
/// file are left to JSON.
enum CSV {
    private static let single = [
        "file", "format", "duration", "sample_rate", "channels", "bit_depth", "frames", "truncated", "kind", "role",
        "role_confidence", "bpm", "bpm_confidence", "bpm_agreement", "key", "scale", "camelot", "key_confidence",
        "pitch", "pitch_note", "pitch_share", "tuning_cents", "loudness_lufs", "loudness_momentary_max_lufs",
        "loudness_short_term_max_lufs", "loudness_range_lu", "true_peak_dbtp", "sample_peak_dbfs", "harmonic_ratio",
    ]
    private static let measured = [
        "spectral_centroid", "spectral_bandwidth", "spectral_rolloff", "spectral_flatness", "zero_crossing_rate",
        "rms", "onset_strength",
    ]
    /// Columns from `metadata`, behind all others. Two are called otherwise than there: what is measured has the names.
    private static let told: [(name: String, text: @Sendable (AudioMetadata) -> String?)] = [
        ("title", \.title), ("artist", \.artist), ("album", \.album), ("genre", \.genre), ("date", \.date),
        ("copyright", \.copyright), ("software", \.software), ("isrc", \.isrc),
        ("tagged_bpm", { $0.bpm.map(number) }), ("tagged_key", \.key),
    ]
    /// Rows, with the number of their first element: bands from 1 on, coefficients from 0 on, C is 1.
    private static let rows = [("spectral_contrast", 1...7), ("mfcc", 0...19), ("chroma", 1...12)]

    private static let columns: [(key: String, element: Int?)] =
        single.map { ($0, nil) } + measured.flatMap { [($0, nil), ($0 + "_std", nil)] }
        + rows.flatMap { key, _ in
            [key, key + "_std"].flatMap { key in range(key).indices.map { (key, Int?.some($0)) } }
        }

    private static func range(_ key: String) -> [Int] {
        rows.first { key == $0.0 || key == $0.0 + "_std" }.map { Array($0.1) } ?? []
    }

    /// As the other columns have it: 128, 127.98.
    private static func number(_ value: Double) -> String { Int(exactly: value).map { String($0) } ?? String(value) }

    static var header: String {
        let measured = columns.map { column in
            column.element.map { "\(column.key)_\(range(column.key)[$0])" } ?? column.key
        }
        return (measured + told.map(\.name)).joined(separator: ",")
    }

    static func line(_ features: AudioFeatures) -> String {
        guard let data = try? JSONEncoder().encode(features),
            let record = try? JSONDecoder().decode([String: Cell].self, from: data)
        else { return "" }
        let measured = columns.map { column in
            guard let cell = record[column.key] else { return "" }
            guard let element = column.element else { return cell.text }
            return element < cell.elements.count ? cell.elements[element] : ""
        }
        let words = told.map { features.metadata.flatMap($0.text).map(CSVCell.quoted) ?? "" }
        return (measured + words).joined(separator: ",")
    }
}

/// A value of the record, as CSV writes it.
private struct Cell: Decodable {
    var text = ""
    var elements: [String] = []

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() { return }
        if let flag = try? container.decode(Bool.self) {
            text = String(flag)
        } else if let whole = try? container.decode(Int.self) {
            text = String(whole)
        } else if let number = try? container.decode(Double.self) {
            text = String(number)
        } else if let string = try? container.decode(String.self) {
            text = CSVCell.quoted(string)
        } else if let numbers = try? container.decode([Double].self) {
            elements = numbers.map { String($0) }
        }
    }
}
