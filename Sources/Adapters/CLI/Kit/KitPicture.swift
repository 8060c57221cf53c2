import AudioCore
import Foundation

/// A kit as text: grids of pads, then a list.
struct KitPicture {
    private let kit: Kit
    private let width: Int
    /// Columns inside of one pad.
    private let cell: Int

    /// - Parameter width: columns, at least 60.
    init(_ kit: Kit, width: Int) {
        (self.kit, self.width) = (kit, width)
        cell = min(28, (width - 5) / 4)
    }

    var text: String {
        let banks = Dictionary(grouping: kit.pads, by: \.address.bank).sorted { $0.key < $1.key }
        var lines = ["\(kit.name.printable), \(String(format: "%g", kit.bpm)) BPM, \(kit.pads.count) pads"]
        for (_, pads) in banks {
            let pads = pads.sorted { $0.address < $1.address }
            lines += ["", "Bank \(pads[0].address.bankLetter)"] + grid(pads) + pads.flatMap(line)
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// Rows of four, pad 1 at the top left, as on the unit.
    private func grid(_ pads: [KitPad]) -> [String] {
        let byNumber = Dictionary(pads.map { ($0.address.pad, $0) }) { first, _ in first }
        let bar = "+" + String(repeating: String(repeating: "-", count: cell) + "+", count: 4)
        return stride(from: 1, to: PadAddress.padsPerBank, by: 4).flatMap { first in
            let row = (first..<first + 4).map { (number: $0, pad: byNumber[$0]) }
            let heads = row.map { number, pad in fitted(" \(number) \(pad.map(Self.marks) ?? "")", cell) }
            let names = row.map { fitted(" \($0.pad.map(Self.name) ?? "")", cell) }
            return [bar] + [heads, names].map { "|" + $0.joined(separator: "|") + "|" }
        } + [bar]
    }

    /// Level and tempo or mute group.
    private static func marks(_ pad: KitPad) -> String {
        let rest = pad.loop ? pad.bpm.map { String(format: "loop %g", $0) } ?? "loop" : ""
        let group = pad.muteGroup > 0 ? "mute \(pad.muteGroup)" : ""
        return [rest, group, pad.level == 127 ? "" : "lv \(pad.level)"].filter { !$0.isEmpty }.joined(separator: " ")
    }

    private static func name(_ pad: KitPad) -> String {
        pad.shownName.printable
    }

    /// Pad and sample, and below them the reason, wrapped.
    private func line(_ pad: KitPad) -> [String] {
        let head = "\(pad.address)".padding(toLength: 5, withPad: " ", startingAt: 0)
        return [head + pad.sample.printable] + wrapped(pad.reason?.printable ?? "", width - 5).map { "     " + $0 }
    }

    /// Exactly so many columns: what is too long loses its middle, for the end of a name often tells more.
    private func fitted(_ text: String, _ columns: Int) -> String {
        guard text.count >= columns else { return text + String(repeating: " ", count: columns - text.count) }
        let end = (columns - 2) / 2
        return text.prefix(columns - 2 - end) + "~" + text.suffix(end) + " "
    }

    private func wrapped(_ text: String, _ columns: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + word.count < columns {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}
