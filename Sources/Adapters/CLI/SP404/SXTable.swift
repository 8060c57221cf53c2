import AudioCore
import Foundation

/// The card of an SP-404SX for the eye.
struct SXTable {
    private let card: SXCard.Inspection

    init(_ card: SXCard) { self.card = card.inspection }

    var text: String { head + pads + files + problems }

    private var head: String { "SP-404SX, \(card.pads.count) of \(PadAddress.allOnSX.count) pads\n" }

    private var pads: String {
        if card.pads.isEmpty { return "" }
        return "\nPAD  FILE                SECONDS  CH  LEVEL     BPM  PLAYS\n" + card.pads.map(row).joined()
    }

    private func row(_ pad: SXCard.Inspection.Pad) -> String {
        let record = pad.record ?? [:]
        let seconds = pad.seconds.map { String(format: "%9.3f", $0) } ?? "        -"
        let channels = pad.channels.map(String.init) ?? "-"
        let level = record["volume"].map { String(format: "%5d", $0) } ?? "    -"
        let tempo = record["original_tempo"].map { String(format: "%6.1f", Double($0) / 10) } ?? "     -"
        let line =
            "\(pad.pad)".padded(to: 5) + (pad.file ?? "-").printable.padded(to: 18) + seconds + "   " + channels
            + "  " + level + "  " + tempo + "  " + plays(record)
        return line.trimmedRight + "\n"
    }

    private func plays(_ record: [String: Int]) -> String {
        var words = ["lo_fi", "loop", "gate", "reverse"].filter { record[$0, default: 0] != 0 }
            .map { $0 == "lo_fi" ? "lo-fi" : $0 }
        if let mode = record["tempo_mode"], mode != 0 {
            let user = record["user_tempo"].map { String(format: " %.1f", Double($0) / 10) } ?? ""
            words.append(mode == 1 ? "tempo of the pattern" : "tempo\(user)")
        }
        return words.joined(separator: ", ")
    }

    private var files: String {
        let names = card.otherFiles.map { "     \($0.printable)\n" }
        return names.isEmpty ? "" : "\nOther files\n" + names.joined()
    }

    private var problems: String {
        let lines = card.problems.map { "\($0)".printable + "\n" }
        return lines.isEmpty ? "" : "\nProblems\n" + lines.joined()
    }
}
