/// What a store keeps of the actions of one key: a few bytes of text, at most a kilobyte or so.
enum RateState: Equatable, Sendable {
    case window(SlidingWindow)
    case bucket(TokenBucket)

    mutating func count(at now: Timestamp, against limit: RateLimit) -> RateVerdict {
        switch self {
        case .window(var window):
            defer { self = .window(window) }
            return window.count(at: now, against: limit)
        case .bucket(var bucket):
            defer { self = .bucket(bucket) }
            return bucket.count(at: now, against: limit)
        }
    }

    func look(at now: Timestamp, against limit: RateLimit) -> RateVerdict {
        switch self {
        case .window(let window): window.look(at: now, against: limit)
        case .bucket(let bucket): bucket.look(at: now, against: limit)
        }
    }
}

extension RateState {
    /// - Parameter bytes: nil when nothing is kept. What cannot be read, as that of another version, counts as nothing.
    init(_ bytes: [UInt8]?, of limit: RateLimit) {
        let text = bytes.map { String(decoding: $0, as: UTF8.self) }
        self =
            switch limit.method {
            case .slidingWindow: .window(text.flatMap(SlidingWindow.init(text:)) ?? SlidingWindow())
            case .tokenBucket: .bucket(text.flatMap(TokenBucket.init(text:)) ?? TokenBucket())
            }
    }

    var bytes: [UInt8] {
        switch self {
        case .window(let window): Array(window.text.utf8)
        case .bucket(let bucket): Array(bucket.text.utf8)
        }
    }
}

extension SlidingWindow {
    init?(text: String) {
        var entries: [Entry] = []
        for pair in text.split(separator: " ") {
            guard let (time, count) = Self.numbers(pair), (1...Int64(RateLimit.counts.upperBound)).contains(count),
                entries.count <= Self.slots
            else { return nil }
            entries.append(Entry(time: time, count: Int(count)))
        }
        self.init(entries: entries)
    }

    var text: String { entries.map { "\($0.time):\($0.count)" }.joined(separator: " ") }

    fileprivate static func numbers(_ pair: some StringProtocol) -> (Int64, Int64)? {
        let parts = pair.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let first = Int64(parts[0]), let second = Int64(parts[1]) else { return nil }
        return (first, second)
    }
}

extension TokenBucket {
    init?(text: String) {
        if text.isEmpty {
            self.init()
        } else {
            guard let (time, parts) = SlidingWindow.numbers(text) else { return nil }
            self.init(level: Level(parts: parts, time: time))
        }
    }

    var text: String { level.map { "\($0.time):\($0.parts)" } ?? "" }
}
