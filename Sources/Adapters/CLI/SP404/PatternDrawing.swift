import AudioCore

/// A pattern as text: a row for each pad, a cell for each sixteenth, a stroke at each bar.
struct PatternDrawing {
    private let pattern: Pattern
    private static let ticksPerCell = Pattern.ticksPerQuarter / 4
    private static let barsPerLine = 4

    init(_ pattern: Pattern) { self.pattern = pattern }

    /// `2 bars of 4/4, 12 strikes`.
    var summary: String {
        let (beats, unit) = pattern.timeSignature
        let (bars, strikes) = (pattern.bars, pattern.strikes.count)
        let length = "\(bars) \(bars == 1 ? "bar" : "bars") of \(beats)/\(unit)"
        return "\(length), \(strikes) \(strikes == 1 ? "strike" : "strikes")"
    }

    /// Ends with a newline; empty for a pattern without strikes. Bars beyond what a unit records are only counted.
    var text: String {
        let rows = rows
        let cells = pattern.ticksPerBar / Self.ticksPerCell
        let bars = min(pattern.bars, Pattern.mostBars)
        var text = ""
        for first in stride(from: 0, to: rows.isEmpty ? 0 : bars, by: Self.barsPerLine) {
            let shown = first..<min(first + Self.barsPerLine, bars)
            let heads = shown.map { " \($0 + 1)".padded(to: cells + 1) }.joined()
            text += "    " + heads.trimmedRight + "\n"
            for (pad, row) in rows.sorted(by: { $0.key < $1.key }) {
                let parts = shown.map { String(row[$0 * cells..<($0 + 1) * cells]) }
                text += "\(pad)".padded(to: 4) + "|" + parts.joined(separator: "|") + "|\n"
            }
        }
        return pattern.bars > bars ? text + "    and \(pattern.bars - bars) bars more\n" : text
    }

    /// Cells of every pad that is struck: `X` hard, `x` soft, `-` held, `.` nothing.
    private var rows: [PadAddress: [Character]] {
        let cells = min(pattern.bars, Pattern.mostBars) * pattern.ticksPerBar / Self.ticksPerCell
        let strikes = pattern.strikes.filter { $0.tick < cells * Self.ticksPerCell }
        var rows: [PadAddress: [Character]] = [:]
        for (tick, strike) in strikes {
            // What is struck just before the end is not moved behind it.
            let first = min(Self.cell(tick), cells - 1)
            let held = first..<max(first + 1, min(cells, (tick + strike.gate) / Self.ticksPerCell))
            for cell in held.dropFirst() { rows[PadAddress.all[strike.pad], default: Self.empty(cells)][cell] = "-" }
        }
        for (tick, strike) in strikes {
            let mark: Character = strike.velocity >= 64 ? "X" : "x"
            rows[PadAddress.all[strike.pad], default: Self.empty(cells)][min(Self.cell(tick), cells - 1)] = mark
        }
        return rows
    }

    /// The nearest one.
    private static func cell(_ tick: Int) -> Int { (tick + ticksPerCell / 2) / ticksPerCell }

    private static func empty(_ cells: Int) -> [Character] { Array(repeating: ".", count: cells) }
}

extension String {
    /// With spaces behind it.
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }

    var trimmedRight: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
