import Foundation
import Storage
import StorageTestKit

/// A random cron expression, and a way to find its slots that shares nothing with the one under test: it walks over every
/// minute, asks the zone each time, and looks whether all fields name the number.
struct BruteForceCron: CustomStringConvertible {
    let text: String
    let zoneName: String
    private let zone: TimeZone
    private let fields: [Set<Int>]
    private let needsBothDays: Bool
    private let isFixed: Bool

    private static let ranges = [0...59, 0...23, 1...31, 1...12, 0...7]

    private static let zones = [
        "UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Pacific/Apia",
        "Asia/Kathmandu", "Africa/Casablanca", "America/St_Johns", "Asia/Gaza", "Pacific/Chatham", "Asia/Tehran",
        "Antarctica/Troll", "America/Caracas",
    ]

    init?(using random: inout SplitMix64) {
        let written = Self.ranges.enumerated().map { place, range in
            // Days and months are mostly left open, or there would be no slot to compare.
            let isOpen = place >= 2 && Int.random(in: 0..<10, using: &random) < 7
            return isOpen ? ("*", Set(range)) : Self.field(range, using: &random)
        }
        let zoneName = Self.zones.randomElement(using: &random) ?? "UTC"
        guard let zone = TimeZone(identifier: zoneName) else { return nil }
        (self.zoneName, self.zone) = (zoneName, zone)
        text = written.map(\.0).joined(separator: " ")
        fields = written.map(\.1)
        needsBothDays = written[2].0.first == "*" || written[4].0.first == "*"
        isFixed = written[0].0.first != "*" && written[1].0.first != "*"
    }

    private static func field(_ range: ClosedRange<Int>, using random: inout SplitMix64) -> (String, Set<Int>) {
        let items = (0..<Int.random(in: 1...2, using: &random)).map { _ in item(range, using: &random) }
        return (items.map(\.0).joined(separator: ","), items.reduce(into: []) { $0.formUnion($1.1) })
    }

    private static func item(_ range: ClosedRange<Int>, using random: inout SplitMix64) -> (String, Set<Int>) {
        let ends = [Int.random(in: range, using: &random), Int.random(in: range, using: &random)].sorted()
        let step = Int.random(in: 1...max(1, range.upperBound / 2), using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: return ("*", Set(range))
        case 1: return ("*/\(step)", Set(stride(from: range.lowerBound, through: range.upperBound, by: step)))
        case 2: return ("\(ends[0])-\(ends[1])", Set(ends[0]...ends[1]))
        case 3: return ("\(ends[0])-\(ends[1])/\(step)", Set(stride(from: ends[0], through: ends[1], by: step)))
        default: return ("\(ends[0])", [ends[0]])
        }
    }

    var description: String { "'\(text)' in \(zoneName)" }

    /// A minute of the years 1972 to 2037; every other time one with a change of clocks in the days after it, if the zone
    /// has one.
    func start(using random: inout SplitMix64) -> Int {
        let start = Int.random(in: 2 * 525_600..<67 * 525_600, using: &random)
        guard Bool.random(using: &random) else { return start }
        let days = stride(from: start, to: start + 400 * 1440, by: 1440)
        let change = days.first { offset(at: $0) != offset(at: $0 + 1440) }
        return change.map { $0 - Int.random(in: 0..<1440, using: &random) } ?? start
    }

    /// The slots in minutes since 1970, within the `count` minutes from `start` on.
    func slots(from start: Int, count: Int) -> [Int] {
        var (slots, days) = ([Int](), [Int: Bool]())
        // Three days earlier, to know what the clock has shown.
        let first = start - 3 * 1440
        var latest = first + offset(at: first) - 1
        for minute in first..<(start + count) {
            let shown = minute + offset(at: minute)
            var isSlot = false
            if !isFixed {
                isSlot = matches(shown, &days)
            } else if shown > latest {
                isSlot = (latest + 1...shown).contains { matches($0, &days) }
            }
            if isSlot, minute >= start { slots.append(minute) }
            latest = max(latest, shown)
        }
        return slots
    }

    /// In minutes: no zone has kept odd seconds since 1972.
    private func offset(at minute: Int) -> Int {
        zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(minute) * 60)) / 60
    }

    private func matches(_ shown: Int, _ days: inout [Int: Bool]) -> Bool {
        guard fields[0].contains(shown % 60), fields[1].contains(shown / 60 % 24) else { return false }
        let day = shown / 1440
        if let known = days[day] { return known }
        let isMeant = matches(day: day)
        days[day] = isMeant
        return isMeant
    }

    private func matches(day: Int) -> Bool {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let date = calendar.dateComponents(
            [.month, .day, .weekday], from: Date(timeIntervalSince1970: Double(day) * 86_400))
        guard let month = date.month, let dayOfMonth = date.day, let weekday = date.weekday else { return false }
        guard fields[3].contains(month) else { return false }
        let (byDate, byWeekday) = (
            fields[2].contains(dayOfMonth), fields[4].contains(weekday - 1) || weekday == 1 && fields[4].contains(7)
        )
        return needsBothDays ? byDate && byWeekday : byDate || byWeekday
    }
}
