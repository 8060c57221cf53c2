/// A month of the Gregorian calendar. Days are numbered from 1970-01-01, which is 0.
///
/// Good for the years 1…10,000. Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", 2013: years begin in
/// March, in eras of 400.
struct CalendarMonth: Equatable {
    let year: Int
    /// 1…12.
    let number: Int

    init(year: Int, number: Int) {
        (self.year, self.number) = (year, number)
    }

    init(containing day: Int) {
        let (era, day) = (day + Self.epoch).quotientAndRemainder(dividingBy: Self.daysOfEra)
        let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365
        let dayOfYear = day - (365 * year + year / 4 - year / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        number = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        self.year = era * 400 + year + (number <= 2 ? 1 : 0)
    }

    var firstDay: Int {
        let (era, year) = (number <= 2 ? year - 1 : year).quotientAndRemainder(dividingBy: 400)
        let dayOfYear = (153 * ((number + 9) % 12) + 2) / 5
        return era * Self.daysOfEra + year * 365 + year / 4 - year / 100 + dayOfYear - Self.epoch
    }

    /// In days.
    var length: Int { next.firstDay - firstDay }

    /// 0 is Sunday.
    var firstWeekday: Int { (firstDay + Self.epoch + 3) % 7 }

    var next: CalendarMonth {
        number == 12 ? CalendarMonth(year: year + 1, number: 1) : CalendarMonth(year: year, number: number + 1)
    }

    var previous: CalendarMonth {
        number == 1 ? CalendarMonth(year: year - 1, number: 12) : CalendarMonth(year: year, number: number - 1)
    }

    /// After which the calendar repeats, weekdays and all.
    static let daysOfEra = 146_097
    /// Days from 0000-03-01 to 1970-01-01.
    private static let epoch = 719_468
}
