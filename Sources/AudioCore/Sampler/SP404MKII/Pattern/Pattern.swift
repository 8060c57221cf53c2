/// A pattern of an SP-404MKII: when pads are struck, `PTNnnnnn.BIN`.
///
/// Every event is eight bytes; what follows the last one is kept as it is. 480 ticks are a quarter note. Cost: the
/// length of the file, at most 1 MiB.
public struct Pattern: Equatable, Sendable {
    public static let ticksPerQuarter = 480
    /// A sixteenth note: the grid on which bars end.
    static let ticksPerSixteenth = ticksPerQuarter / 4
    /// What a unit records.
    public static let mostBars = 64

    /// In order of time, the end among them.
    public let events: [Event]
    /// Bars in its first byte; the rest differs between firmwares.
    let trailer: [UInt8]

    /// Length of all of it.
    public let ticks: Int
}

extension Pattern {
    private static let eventSize = 8
    static let mostBytes = 1 << 20
    private static let kind = "pattern"

    /// Reads a pattern.
    ///
    /// - Parameter bytes: the whole file.
    /// - Throws: ``SamplerError`` for a file that has no end of events, or is longer than any pattern (1 MiB).
    public init(_ bytes: [UInt8]) throws(SamplerError) {
        guard bytes.count <= Self.mostBytes else {
            throw .wrongSize(file: Self.kind, bytes: bytes.count, expected: "at most 1 MiB")
        }
        var (events, offset): ([Event], Int) = ([], 0)
        while offset + Self.eventSize <= bytes.count, events.last?.isEnd != true {
            events.append(Event(bytes[offset..<offset + Self.eventSize]))
            offset += Self.eventSize
        }
        guard events.last?.isEnd == true else { throw .damaged(file: Self.kind, reason: "it has no end") }
        self.events = events
        trailer = Array(bytes[offset...])
        ticks = events.reduce(0) { $0 + $1.delta }
    }

    /// The file.
    public var bytes: [UInt8] { events.flatMap(\.bytes) + trailer }
}

extension Pattern {
    /// What the trailer says, if that can be.
    private var toldBars: Int? {
        guard let told = trailer.first.map(Int.init), (1...Self.mostBars).contains(told) else { return nil }
        // A bar of less than an eighth or more than two whole notes is no bar.
        return (Self.ticksPerSixteenth * 2...Self.ticksPerQuarter * 8).contains(ticks / told) ? told : nil
    }

    /// As the file says; where it does not, whole bars of four quarters, at least 1.
    public var bars: Int {
        let common = 4 * Self.ticksPerQuarter
        return toldBars ?? max(1, (ticks + common - 1) / common)
    }

    /// Length of a bar, in whole sixteenths: 1,920 for 4/4, 1,440 for 3/4.
    public var ticksPerBar: Int {
        guard let toldBars else { return 4 * Self.ticksPerQuarter }
        let sixteenths = Double(ticks) / Double(toldBars * Self.ticksPerSixteenth)
        return Int(sixteenths.rounded()) * Self.ticksPerSixteenth
    }

    /// Beats of a bar and what a beat is, a power of two: (3, 4) for 3/4. The file tells only the length: 6/8 reads
    /// as 3/4.
    public var timeSignature: (beats: Int, unit: Int) {
        let unit = [4, 8].first { ticksPerBar % (4 * Self.ticksPerQuarter / $0) == 0 } ?? 16
        return (ticksPerBar * unit / (4 * Self.ticksPerQuarter), unit)
    }

    /// Every event with its time, in ticks from the start.
    public var timed: [(tick: Int, event: Event)] {
        var tick = 0
        return events.map { event in
            defer { tick += event.delta }
            return (tick, event)
        }
    }

    /// When pads are struck, in ticks from the start.
    public var strikes: [(tick: Int, strike: Strike)] {
        timed.compactMap { tick, event in
            if case .strike(let strike) = event.kind { (tick, strike) } else { nil }
        }
    }
}
