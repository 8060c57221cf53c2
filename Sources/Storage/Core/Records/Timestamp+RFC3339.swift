extension Timestamp: CustomStringConvertible {
    /// RFC 3339 in UTC with milliseconds: `2026-11-21T04:30:20.123Z`. Exact: no floating point comes near.
    public var description: String {
        let (days, rest) = milliseconds.dividedDown(by: 86_400_000)
        let (year, month, day) = Self.date(days: days)
        let time =
            "\(Self.digits(rest / 3_600_000)):\(Self.digits(rest / 60_000 % 60)):\(Self.digits(rest / 1000 % 60))"
        return
            "\(Self.digits(year, 4))-\(Self.digits(month))-\(Self.digits(day))T\(time).\(Self.digits(rest % 1000, 3))Z"
    }

    /// Nil unless `text` is a moment that exists, in UTC (`Z`); parts of a millisecond are dropped.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.last == UInt8(ascii: "Z"),
            zip([4, 7, 10, 13, 16], "--T::".utf8).allSatisfy({ bytes[$0] == $1 }),
            let year = Self.number(bytes[0..<4]), let month = Self.number(bytes[5..<7]),
            let day = Self.number(bytes[8..<10]), let hour = Self.number(bytes[11..<13]),
            let minute = Self.number(bytes[14..<16]), let second = Self.number(bytes[17..<19]),
            let fraction = Self.milliseconds(bytes[19..<(bytes.count - 1)])
        else { return nil }
        let days = Self.days(year: year, month: month, day: day)
        // A day that its month does not have comes back as another.
        guard (1...12).contains(month), Self.date(days: days) == (year, month, day), hour < 24, minute < 60, second < 60
        else { return nil }
        self.init(milliseconds: (((days * 24 + hour) * 60 + minute) * 60 + second) * 1000 + fraction)
    }

    /// Of `.`, then digits; 0 for no bytes.
    private static func milliseconds(_ bytes: ArraySlice<UInt8>) -> Int64? {
        if bytes.isEmpty { return 0 }
        guard bytes.first == UInt8(ascii: "."), number(bytes.dropFirst()) != nil else { return nil }
        return number((Array(bytes.dropFirst()) + Array("00".utf8)).prefix(3))
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        guard (1...9).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    }

    private static func digits(_ number: Int64, _ width: Int = 2) -> String {
        let digits = String(number.magnitude)
        let zeros = String(repeating: "0", count: max(0, width - digits.count))
        return (number < 0 ? "-" : "") + zeros + digits
    }

    // Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", 2013: years begin in March, in eras of 400.

    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let (era, yearOfEra) = (month <= 2 ? year - 1 : year).dividedDown(by: 400)
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func date(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, day) = (days + 719_468).dividedDown(by: 146_097)
        let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365
        let dayOfYear = day - (365 * year + year / 4 - year / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (year + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }
}

extension Int64 {
    /// With a remainder that is never negative.
    fileprivate func dividedDown(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
