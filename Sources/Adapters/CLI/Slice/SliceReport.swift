import ArgumentParser
import AudioCore
import Foundation
import Storage

enum SliceReportFormat: String, EnumerableFlag {
    case json, csv, labels
    case table

    static func name(for value: SliceReportFormat) -> NameSpecification { .customLong(value.rawValue) }
}

/// Prints what was cut, file by file.
struct SliceReport {
    private let format: SliceReportFormat
    private let isSingle: Bool
    private var list: JSONList?
    private var count = 0

    init(_ format: SliceReportFormat, isSingle: Bool) {
        (self.format, self.isSingle) = (format, isSingle)
        if format == .json { list = JSONList(isSingle: isSingle) }
        if format == .csv { write("file,number,start,length,peak_dbfs,path\r\n") }
    }

    mutating func add(_ sliced: SlicedFile) {
        let rows = SliceRow.rows(of: sliced)
        switch format {
        case .json: list?.add(SliceRecord(sliced, rows))
        case .csv:
            for row in rows {
                let cells = [
                    CSVCell.quoted(sliced.file), "\(row.number)", "\(row.start)", "\(row.length)",
                    row.peakDBFS.map { "\($0)" } ?? "", CSVCell.quoted(row.path ?? ""),
                ]
                write(cells.joined(separator: ",") + "\r\n")
            }
        case .labels:
            for row in rows {
                write(String(format: "%.6f\t%.6f\t%02d\n", row.start, row.start + row.length, row.number))
            }
        case .table: table(sliced, rows)
        }
        count += 1
    }

    func end() { list?.end() }

    private func table(_ sliced: SlicedFile, _ rows: [SliceRow]) {
        if !isSingle { write((count == 0 ? "" : "\n") + sliced.file.printable + "\n") }
        write("  NO       START      LENGTH        PEAK" + (sliced.paths.isEmpty ? "" : "  FILE") + "\n")
        for row in rows {
            let peak = row.peakDBFS.map { String(format: "%.1f dBFS", $0) } ?? "silence"
            let columns = String(format: "%4d  %8.3f s  %8.3f s", row.number, row.start, row.length)
            let padded = String(repeating: " ", count: max(0, 10 - peak.count)) + peak
            write(columns + "  " + padded + (row.path.map { "  " + $0.printable } ?? "") + "\n")
        }
    }

}

private struct SliceRecord: Encodable {
    let file: String
    let frames: Int
    let sampleRate: Int
    let slices: [SliceRow]

    enum CodingKeys: String, CodingKey {
        case file, frames, slices
        case sampleRate = "sample_rate"
    }

    init(_ sliced: SlicedFile, _ rows: [SliceRow]) {
        (file, frames, sampleRate) = (sliced.file, sliced.plan.frames, sliced.plan.sampleRate)
        slices = rows
    }
}

private struct SliceRow: Encodable {
    let number: Int
    let startFrame: Int
    let frames: Int
    /// Seconds, to the microsecond.
    let start: Double
    let length: Double
    /// Absent for digital silence.
    let peakDBFS: Double?
    /// Absent where nothing was written.
    let path: String?

    enum CodingKeys: String, CodingKey {
        case number, frames, start, length, path
        case startFrame = "start_frame"
        case peakDBFS = "peak_dbfs"
    }

    static func rows(of sliced: SlicedFile) -> [SliceRow] {
        let rate = Double(sliced.plan.sampleRate)
        let seconds = { (frames: Int) in (Double(frames) / rate * 1e6).rounded() / 1e6 }
        return sliced.plan.slices.enumerated().map { index, slice in
            let peak = sliced.peaks[index]
            return SliceRow(
                number: index + 1, startFrame: slice.range.lowerBound, frames: slice.range.count,
                start: seconds(slice.range.lowerBound), length: seconds(slice.range.count),
                peakDBFS: peak > 0 ? (200 * log10(Double(peak))).rounded() / 10 : nil,
                path: index < sliced.paths.count ? sliced.paths[index] : nil)
        }
    }
}
