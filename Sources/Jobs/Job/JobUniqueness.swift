import Storage

/// Which jobs of one kind are the same: of those, a queue holds one.
///
/// The rule is kept by an index of the database, whoever enqueues where.
public struct JobUniqueness: Equatable, Sendable {
    private enum Life: Equatable {
        case whileOpen
        case window(Duration)
    }

    private let key: String
    private let life: Life

    /// No second one is taken until the first has ended: succeeded, cancelled, or out of attempts.
    public static func whileOpen(_ key: String) -> JobUniqueness {
        JobUniqueness(key: key, life: .whileOpen)
    }

    /// One in each stretch of this length, whether it has ended or not. Stretches follow one another from 1970 on, so that
    /// all machines agree on them.
    ///
    /// - Parameter length: at least a second; shorter ones are taken for that.
    public static func oncePer(_ length: Duration, _ key: String) -> JobUniqueness {
        JobUniqueness(key: key, life: .window(max(length, .seconds(1))))
    }

    /// What stands in the index for a job of this kind, enqueued now, and until when; nil for as long as the job is open.
    /// The key's digest, as it may be long or personal.
    func indexed(kind: String, at now: Timestamp) -> (key: String, until: Timestamp?) {
        let digest = Checksum.sha256("\(kind)\u{0}\(key)")
        switch life {
        case .whileOpen: return (Self.openPrefix + digest, nil)
        case .window(let length):
            let (milliseconds, time) = (length.wholeMilliseconds, now.milliseconds)
            let slot = time >= 0 ? time / milliseconds : (time - milliseconds + 1) / milliseconds
            return ("window:\(milliseconds):\(slot):\(digest)", now + length)
        }
    }

    /// Of keys that end with their job.
    static let openPrefix = "open:"
}
