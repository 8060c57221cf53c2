/// Which minutes of the calendar an expression means, wherever clocks may stand. Minutes are numbered from
/// 1970-01-01T00:00, which is 0.
///
/// Months that cannot match are passed over by a look at one word of bits each.
struct CronPattern: Hashable, Sendable {
    // Sets of small numbers: bit n is set where n is allowed.
    let minutes: UInt64
    let hours: UInt64
    let daysOfMonth: UInt64
    let months: UInt64
    /// 0…6, 0 is Sunday.
    let daysOfWeek: UInt64
    /// A day has to be allowed by both of its fields; else by one of them.
    let needsBothDays: Bool

    /// Within the years after which the calendar repeats: a pattern without a minute there has none at all.
    var isEmpty: Bool { first(from: 0, before: CalendarMonth.daysOfEra * Self.minutesOfDay) == nil }

    /// The first minute in `start..<end`.
    func first(from start: Int, before end: Int) -> Int? {
        guard start < end else { return nil }
        let (today, time) = start.dividedDown(by: Self.minutesOfDay)
        let lastDay = (end - 1).dividedDown(by: Self.minutesOfDay).quotient
        guard var day = firstDay(from: today, through: lastDay) else { return nil }
        var found = firstTime(from: day == today ? time : 0)
        if found == nil, let later = firstDay(from: day + 1, through: lastDay) {
            (day, found) = (later, firstTime(from: 0))
        }
        return found.map { day * Self.minutesOfDay + $0 }.flatMap { $0 < end ? $0 : nil }
    }

    /// The last minute in `start..<end`.
    func last(from start: Int, before end: Int) -> Int? {
        guard start < end else { return nil }
        let (today, time) = (end - 1).dividedDown(by: Self.minutesOfDay)
        let firstDay = start.dividedDown(by: Self.minutesOfDay).quotient
        guard var day = lastDay(from: firstDay, through: today) else { return nil }
        var found = lastTime(through: day == today ? time : Self.minutesOfDay - 1)
        if found == nil, let earlier = lastDay(from: firstDay, through: day - 1) {
            (day, found) = (earlier, lastTime(through: Self.minutesOfDay - 1))
        }
        return found.map { day * Self.minutesOfDay + $0 }.flatMap { $0 >= start ? $0 : nil }
    }

    private func firstTime(from time: Int) -> Int? {
        let (hour, minute) = time.quotientAndRemainder(dividingBy: 60)
        if hours.contains(hour), let minute = minutes.lowestBit(from: minute) { return hour * 60 + minute }
        guard let hour = hours.lowestBit(from: hour + 1), let minute = minutes.lowestBit(from: 0) else { return nil }
        return hour * 60 + minute
    }

    private func lastTime(through time: Int) -> Int? {
        let (hour, minute) = time.quotientAndRemainder(dividingBy: 60)
        if hours.contains(hour), let minute = minutes.highestBit(through: minute) { return hour * 60 + minute }
        guard let hour = hours.highestBit(through: hour - 1), let minute = minutes.highestBit(through: 59) else {
            return nil
        }
        return hour * 60 + minute
    }

    private func firstDay(from day: Int, through last: Int) -> Int? {
        var month = CalendarMonth(containing: day)
        var place = day - month.firstDay + 1
        while month.firstDay <= last {
            if let found = days(of: month).lowestBit(from: place) {
                let day = month.firstDay + found - 1
                return day <= last ? day : nil
            }
            (month, place) = (month.next, 1)
        }
        return nil
    }

    private func lastDay(from first: Int, through day: Int) -> Int? {
        guard day >= first else { return nil }
        var month = CalendarMonth(containing: day)
        var place = day - month.firstDay + 1
        while month.firstDay + place > first {
            if let found = days(of: month).highestBit(through: place) {
                let day = month.firstDay + found - 1
                return day >= first ? day : nil
            }
            month = month.previous
            place = month.length
        }
        return nil
    }

    /// Bit 1 for the first of the month, and so on.
    private func days(of month: CalendarMonth) -> UInt64 {
        guard months.contains(month.number) else { return 0 }
        let first = month.firstWeekday
        // The week turned so that it begins with the month's first day, then laid out five times.
        let week = (daysOfWeek >> first | daysOfWeek << (7 - first)) & 0x7F
        let byWeekday = (week &* 0x1020_4081) << 1
        let all: UInt64 = (1 << (month.length + 1)) - 2
        return all & (needsBothDays ? daysOfMonth & byWeekday : daysOfMonth | byWeekday)
    }

    private static let minutesOfDay = 1440
}

extension UInt64 {
    func contains(_ bit: Int) -> Bool { self & (1 << bit) != 0 }

    /// The lowest bit that is set, of those from `place` on.
    func lowestBit(from place: Int) -> Int? {
        let rest = (self >> place) << place
        return rest == 0 ? nil : rest.trailingZeroBitCount
    }

    /// The highest bit that is set, of those up to `place`, which is below 63.
    func highestBit(through place: Int) -> Int? {
        guard place >= 0 else { return nil }
        let rest = self & ((1 << (place + 1)) - 1)
        return rest == 0 ? nil : 63 - rest.leadingZeroBitCount
    }
}

extension BinaryInteger {
    /// With a remainder that is never negative.
    func dividedDown(by divisor: Self) -> (quotient: Self, remainder: Self) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    func dividedUp(by divisor: Self) -> Self {
        let (quotient, remainder) = dividedDown(by: divisor)
        return remainder == 0 ? quotient : quotient + 1
    }
}
