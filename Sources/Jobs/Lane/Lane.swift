import Storage

/// How the jobs of a kind of customers wait: in which queue, how urgent, and from when on.
///
/// ```swift
/// let free = Lane("free", delay: .seconds(12 * 3600)...(.seconds(24 * 3600)), quietHours: nights)
/// try NewJob(Tune(song), queue: free.queue, priority: free.priority, owner: ada, runAt: free.start(at: now))
/// ```
public struct Lane: Equatable, Sendable {
    public let queue: String
    /// Higher first, within the queue.
    public let priority: Int
    /// Jobs start no earlier than this after they were enqueued, and are due no later.
    public let delay: ClosedRange<Duration>
    /// Within the delay; nil where any hour is as good.
    public let quietHours: QuietHours?

    /// - Parameter delay: none unless given; what is below zero counts as zero.
    public init(
        _ queue: String, priority: Int = 0, delay: ClosedRange<Duration> = .zero ... .zero,
        quietHours: QuietHours? = nil
    ) {
        (self.queue, self.priority, self.quietHours) = (queue, priority, quietHours)
        self.delay = max(delay.lowerBound, .zero)...max(delay.upperBound, .zero)
    }

    /// When a job that is enqueued now may start.
    ///
    /// A delay of one length is kept as it is, whatever the hour; within a longer one the time is in the quiet hours, where
    /// there are some, and else as early as it may be.
    ///
    /// - Parameter spread: 0…1: which part of the time that there is; by chance unless given, so that not all begins at once.
    public func start(at now: Timestamp, spread: Double = .random(in: 0...1)) -> Timestamp {
        let (first, last) = (now + delay.lowerBound, now + delay.upperBound)
        guard first < last, let quietHours else { return first }
        return quietHours.time(in: first...last, spread: spread)
    }
}
