import Storage

/// A day from midnight to midnight, UTC.
public struct UTCDay: Hashable, Comparable, Sendable {
    /// Days since 1970-01-01.
    public let number: Int64

    public init(number: Int64) {
        self.number = number
    }

    private static let length: Int64 = 86_400_000

    /// The day that a moment lies in.
    public init(_ moment: Timestamp) {
        let (quotient, remainder) = moment.milliseconds.quotientAndRemainder(dividingBy: Self.length)
        number = remainder < 0 ? quotient - 1 : quotient
    }

    /// Nil unless `text` is a day that exists, as `2026-11-21`.
    public init?(_ text: String) {
        guard text.utf8.count == 10, let start = Timestamp("\(text)T00:00:00Z") else { return nil }
        self.init(start)
    }

    /// Midnight; saturates at the ends of the range.
    public var start: Timestamp {
        let (milliseconds, overflow) = number.multipliedReportingOverflow(by: Self.length)
        return Timestamp(milliseconds: overflow ? (number < 0 ? .min : .max) : milliseconds)
    }

    public static func < (a: UTCDay, b: UTCDay) -> Bool { a.number < b.number }

    /// Saturates at the ends of the range.
    public func advanced(by days: Int64) -> UTCDay {
        let (sum, overflow) = number.addingReportingOverflow(days)
        return UTCDay(number: overflow ? (number < 0 ? .min : .max) : sum)
    }
}

extension UTCDay: CustomStringConvertible {
    /// `2026-11-21`.
    public var description: String { String(start.description.prefix { $0 != "T" }) }
}

extension UTCDay: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let day = UTCDay(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a day as 2026-11-21")
        }
        self = day
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension UTCDay: SQLConvertible {
    public var sqlValue: SQLValue { .integer(number) }

    public init?(sqlValue: SQLValue) {
        guard case .integer(let number) = sqlValue else { return nil }
        self.init(number: number)
    }
}

/// A month of the calendar, UTC.
public struct UTCMonth: Hashable, Sendable {
    public let first: UTCDay
    public let last: UTCDay

    /// The month that a moment lies in.
    public init(_ moment: Timestamp) {
        let day = UTCDay(moment)
        let first = UTCDay(Self.name(of: day) + "-01") ?? day
        // 31 days after the first of any month lies in the next.
        let next = UTCDay(Self.name(of: first.advanced(by: 31)) + "-01") ?? first.advanced(by: 31)
        (self.first, last) = (first, max(first, next.advanced(by: -1)))
    }

    /// Nil unless `text` is a month, as `2026-11`.
    public init?(_ text: String) {
        guard let first = UTCDay("\(text)-01") else { return nil }
        self.init(first.start)
    }

    public var days: ClosedRange<UTCDay> { first...last }

    private static func name(of day: UTCDay) -> String { String(day.description.dropLast(3)) }
}

extension UTCMonth: CustomStringConvertible {
    /// `2026-11`.
    public var description: String { Self.name(of: first) }
}
