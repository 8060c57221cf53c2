import Foundation
import Storage
import StorageTestKit

/// How long runs take: seconds.
enum RunLength: Sendable {
    case constant(Double)
    case exponential(mean: Double)
    /// Long-tailed: of sigma 1 one in twenty takes five times as long as the median, or longer.
    case logNormal(median: Double, sigma: Double)

    func next(_ random: inout SplitMix64) -> Double {
        func part() -> Double { Double.random(in: 0..<1, using: &random) }
        return switch self {
        case .constant(let length): length
        case .exponential(let mean): -mean * log(1 - part())
        // A normal number by Box and Muller.
        case .logNormal(let median, let sigma): median * exp(sigma * sqrt(-2 * log(1 - part())) * cos(2 * .pi * part()))
        }
    }
}

/// A job that comes to a queue.
struct Arrival: Sendable {
    /// Seconds after the start.
    let time: Double
    let owner: AccountID
    var priority = 0
    /// Seconds until it may start.
    var delay = 0.0
}

/// Who comes to a queue, and how it is served.
struct QueueScenario: Sendable, CustomStringConvertible {
    let name: String
    let slots: Int
    let length: RunLength
    /// One run in so many fails, and is tried again.
    var failsOnceIn: Int?
    /// Under which the median error of waits stays.
    let bound: Double
    /// Whether jobs wait for a time first.
    var isForLater = false
    let arrivals: @Sendable (inout SplitMix64) -> [Arrival]

    var description: String { name }

    static let all = [
        QueueScenario(name: "tides, 1 slot, constant", slots: 1, length: .constant(60), bound: 0.05) {
            tides(80, every: 70, &$0)
        },
        QueueScenario(name: "tides, 4 slots, exponential", slots: 4, length: .exponential(mean: 60), bound: 0.5) {
            tides(100, every: 17, &$0)
        },
        QueueScenario(
            name: "tides, 2 slots, log-normal", slots: 2, length: .logNormal(median: 36, sigma: 1), bound: 0.5
        ) {
            tides(100, every: 36, &$0)
        },
        QueueScenario(
            name: "eight owners at once, 4 slots, exponential", slots: 4, length: .exponential(mean: 60), bound: 0.4
        ) {
            stream(50, every: 40, &$0) + crowd(8, each: 8, at: 800, &$0)
        },
        QueueScenario(
            name: "eight owners at once, 8 slots, log-normal", slots: 8, length: .logNormal(median: 36, sigma: 1),
            bound: 0.5
        ) {
            stream(50, every: 20, &$0) + crowd(8, each: 8, at: 500, &$0)
        },
        QueueScenario(
            name: "one owner's 40 among others, 2 slots, exponential", slots: 2, length: .exponential(mean: 60),
            bound: 0.5
        ) {
            stream(60, every: 50, &$0) + crowd(1, each: 40, at: 900, &$0)
        },
        QueueScenario(
            name: "tides, a third urgent, 2 slots, exponential", slots: 2, length: .exponential(mean: 60), bound: 0.7
        ) { random in
            tides(100, every: 36, &random).map { arrival in
                var arrival = arrival
                arrival.priority = Int.random(in: 0..<3, using: &random) == 0 ? 1 : 0
                return arrival
            }
        },
        QueueScenario(
            name: "for the night, 2 slots, exponential", slots: 2, length: .exponential(mean: 60), bound: 0.05,
            isForLater: true
        ) { random in
            stream(5, every: 100, &random)
                + stream(70, every: 120, from: 3_000, &random).map { arrival in
                    var arrival = arrival
                    arrival.delay = 36_000 - arrival.time + Double.random(in: 0..<3_600, using: &random)
                    return arrival
                }
        },
        QueueScenario(
            name: "tides, one run in five fails, 4 slots, exponential", slots: 4, length: .exponential(mean: 60),
            failsOnceIn: 5, bound: 0.5
        ) {
            tides(100, every: 21, &$0)
        },
    ]

    /// At random times, so many seconds apart in the mean, of one in twenty owners.
    private static func stream(
        _ count: Int, every seconds: Double, from start: Double = 0, _ random: inout SplitMix64
    ) -> [Arrival] {
        let owners = (0..<20).map { _ in AccountID.random() }
        var time = start
        return (0..<count).map { _ in
            time += RunLength.exponential(mean: seconds).next(&random)
            return Arrival(time: time, owner: owners[Int.random(in: owners.indices, using: &random)])
        }
    }

    /// A stream that by turns runs at half its pace, and at twice.
    private static func tides(_ count: Int, every seconds: Double, _ random: inout SplitMix64) -> [Arrival] {
        var tides: [Arrival] = []
        for (pace, part) in [(2.0, 0.15), (0.5, 0.35), (2.0, 0.15), (0.5, 0.35)] {
            tides += stream(
                Int(Double(count) * part), every: seconds * pace, from: tides.last?.time ?? 0, &random)
        }
        return tides
    }

    /// As many owners with as many jobs each, which come two a second.
    private static func crowd(
        _ owners: Int, each: Int, at start: Double, _ random: inout SplitMix64
    ) -> [Arrival] {
        let owners = (0..<owners).map { _ in AccountID.random() }
        let jobs = (0..<each).flatMap { _ in owners }.shuffled(using: &random)
        return jobs.enumerated().map { Arrival(time: start + Double($0.offset) / 2, owner: $0.element) }
    }
}
