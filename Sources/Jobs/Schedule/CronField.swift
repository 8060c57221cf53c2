/// One of the five fields of a cron expression.
public enum CronField: String, Sendable, CaseIterable {
    case minute, hour
    case dayOfMonth = "day of month"
    case month
    case dayOfWeek = "day of week"

    /// What numbers are allowed. Of the days of the week, 0 and 7 are both Sunday.
    public var range: ClosedRange<Int> {
        switch self {
        case .minute: 0...59
        case .hour: 0...23
        case .dayOfMonth: 1...31
        case .month: 1...12
        case .dayOfWeek: 0...7
        }
    }

    /// That stand for the numbers from the lowest on.
    var names: [String] {
        switch self {
        case .month: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
        case .dayOfWeek: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
        case .minute, .hour, .dayOfMonth: []
        }
    }

    /// The numbers that `text` allows, as bits: `*`, `7`, `mon`, `1-5`, `*/5`, `10-40/10`, and lists of these.
    func values(of text: Substring) throws(CronError) -> UInt64 {
        var values: UInt64 = 0
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            for value in try self.values(ofItem: item) { values |= 1 << value }
        }
        // Day 7 is day 0.
        if self == .dayOfWeek, values.contains(7) { values = values & 0x7F | 1 }
        return values
    }

    private func values(ofItem item: Substring) throws(CronError) -> StrideThrough<Int> {
        let parts = item.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let base = parts.first, parts.count == 2 else {
            let whole = try self.range(of: item)
            return stride(from: whole.lowerBound, through: whole.upperBound, by: 1)
        }
        guard base == "*" || base.contains("-"), let step = Self.number(parts[1]), (1...range.upperBound).contains(step)
        else { throw .step(self, found: CronError.quoted(item)) }
        let stepped = try self.range(of: base)
        return stride(from: stepped.lowerBound, through: stepped.upperBound, by: step)
    }

    private func range(of text: Substring) throws(CronError) -> ClosedRange<Int> {
        if text == "*" { return range }
        let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let first = try value(of: ends[0], in: text)
        guard ends.count == 2 else { return first...first }
        var last = try value(of: ends[1], in: text)
        // `fri-sun` ends with the week: Sunday is day 7 there.
        if self == .dayOfWeek, last == 0, first > 0, ends[1].lowercased() == names[0] { last = 7 }
        guard first <= last else { throw .backwards(self, found: CronError.quoted(text)) }
        return first...last
    }

    private func value(of end: Substring, in text: Substring) throws(CronError) -> Int {
        let name = end.lowercased()
        if let place = names.firstIndex(where: { $0.utf8.elementsEqual(name.utf8) }) { return range.lowerBound + place }
        guard let number = Self.number(end), range.contains(number) else {
            throw .value(self, found: CronError.quoted(text))
        }
        return number
    }

    /// Of ASCII digits alone, few enough.
    private static func number(_ text: Substring) -> Int? {
        guard (1...4).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return text.utf8.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
}
