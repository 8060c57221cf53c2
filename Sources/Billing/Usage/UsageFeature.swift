import Storage

/// What is done for accounts and costs something. Each is counted in whole numbers, so that sums are exact.
public enum UsageFeature: String, Codable, Sendable, CaseIterable, SQLConvertible {
    /// Time that analyses took.
    case analysis
    /// Length of what was taken apart into stems.
    case stems
    /// What was said to language models and answered by them.
    case ai
    /// What was kept, for how long.
    case storage
    /// What was sent out.
    case egress

    public var unit: UsageUnit {
        switch self {
        case .analysis, .stems: .seconds
        case .ai: .tokens
        case .storage: .byteDays
        case .egress: .bytes
        }
    }
}

/// What a feature is measured in.
public enum UsageUnit: String, Codable, Sendable {
    case seconds
    case tokens
    /// One byte for one UTC day.
    case byteDays = "byte_days"
    case bytes

    /// How many of what is counted are one: seconds are counted in thousandths.
    public var counts: Int { self == .seconds ? 1000 : 1 }

    /// The largest count of one entry: up to here floating-point numbers are exact.
    static let largestCount = 1 << 53

    /// How many that is, to the nearest; 0 for what is negative or no number.
    func count(of amount: Double) -> Int {
        let count = (amount * Double(counts)).rounded()
        guard count > 0 else { return 0 }
        return min(Int(exactly: count) ?? Self.largestCount, Self.largestCount)
    }

    func amount(of count: Int) -> Double { Double(count) / Double(counts) }

    /// In decimal, exactly: `2.500` seconds, `42` tokens.
    func text(of count: Int) -> String {
        guard self == .seconds else { return String(count) }
        return Decimals.text(count, places: 3)
    }
}

/// Whole numbers of small parts as decimal numbers, without floating point.
enum Decimals {
    /// - Parameter places: 1 to 18 digits after the point.
    static func text(_ count: Int, places: Int) -> String {
        let digits = String(count.magnitude)
        let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
        return "\(count < 0 ? "-" : "")\(padded.dropLast(places)).\(padded.suffix(places))"
    }
}
