/// Columns as wide as what stands in them, two blanks apart.
struct TextTable {
    private var rows: [[String]]

    /// - Parameter header: none for a table without.
    init(_ header: String...) {
        rows = header.isEmpty ? [] : [header]
    }

    mutating func add(_ row: [String]) {
        rows.append(row)
    }

    var text: String {
        var widths: [Int] = []
        for row in rows {
            for (column, cell) in row.enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], cell.count)
            }
        }
        return rows.map { row in
            let cells = zip(row, widths).map { cell, width in cell + String(repeating: " ", count: width - cell.count) }
            let line = cells.joined(separator: "  ")
            return line.prefix(line.count - line.reversed().prefix { $0 == " " }.count) + "\n"
        }.joined()
    }
}
