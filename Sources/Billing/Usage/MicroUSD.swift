/// Money, in millionths of a US dollar: whole numbers, so that sums are exact. At the ends of the range they stay there.
public struct MicroUSD: Hashable, Comparable, Sendable {
    public let count: Int

    public init(_ count: Int) {
        self.count = count
    }

    /// - Parameter cents: of a US dollar.
    public init(cents: Int) {
        let (count, overflow) = cents.multipliedReportingOverflow(by: 10_000)
        self.count = overflow ? (cents < 0 ? .min : .max) : count
    }

    public static let zero = MicroUSD(0)

    /// Dollars, for display.
    public var dollars: Double { Double(count) / 1_000_000 }

    /// Dollars, exactly: `0.016500`.
    public var text: String { Decimals.text(count, places: 6) }

    /// Dollars to four places, for tables: the nearest, halves away from zero.
    var shortText: String {
        let (whole, rest) = count.quotientAndRemainder(dividingBy: 100)
        return Decimals.text(abs(rest) >= 50 ? whole + rest.signum() : whole, places: 4)
    }

    /// Each one's part, to the nearest millionth, halves away from zero; nil of nobody.
    func divided(by parts: Int) -> MicroUSD? {
        guard parts > 0 else { return nil }
        let (whole, rest) = count.quotientAndRemainder(dividingBy: parts)
        let isHalf = rest.magnitude >= UInt(parts) - rest.magnitude
        return MicroUSD(isHalf && rest != 0 ? whole + count.signum() : whole)
    }

    public static func < (a: MicroUSD, b: MicroUSD) -> Bool { a.count < b.count }

    public static func + (a: MicroUSD, b: MicroUSD) -> MicroUSD { MicroUSD(a.count.adding(b.count)) }

    public static func - (a: MicroUSD, b: MicroUSD) -> MicroUSD {
        let (difference, overflow) = a.count.subtractingReportingOverflow(b.count)
        return MicroUSD(overflow ? (a.count < 0 ? .min : .max) : difference)
    }

    public static func += (a: inout MicroUSD, b: MicroUSD) { a = a + b }
}

extension MicroUSD: Codable {
    public init(from decoder: any Decoder) throws {
        count = try decoder.singleValueContainer().decode(Int.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(count)
    }
}

extension Int {
    /// The sum, or the end of the range that it lies beyond.
    func adding(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (self < 0 ? .min : .max) : sum
    }
}

/// What something costs to a billionth of a ``MicroUSD``: what comes in small pieces adds up to what it costs as a whole.
public struct UsageCost: Equatable, Sendable {
    public static let restsInOne = 1_000_000_000

    public private(set) var whole: MicroUSD
    /// In billionths of a millionth of a dollar, `0..<1_000_000_000`.
    public private(set) var rest: Int

    public init(_ whole: MicroUSD) {
        (self.whole, rest) = (whole, 0)
    }

    /// - Parameter rests: billionths of a millionth of a dollar.
    init(rests: UInt128) {
        let (whole, rest) = rests.quotientAndRemainder(dividingBy: UInt128(Self.restsInOne))
        // The remainder of a division by a billion fits.
        (self.whole, self.rest) = (MicroUSD(Int(exactly: whole) ?? .max), Int(rest))
    }

    init(_ row: (whole: Int, rest: Int)) {
        (whole, rest) = (MicroUSD(row.whole), min(max(row.rest, 0), Self.restsInOne - 1))
    }

    public static func += (a: inout UsageCost, b: UsageCost) {
        let rest = a.rest + b.rest
        a.whole += b.whole + MicroUSD(rest / restsInOne)
        a.rest = rest % restsInOne
    }
}
