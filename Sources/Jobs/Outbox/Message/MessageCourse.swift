import Storage

/// A message's state together with what it has been through. `applying` is the only way from one to the next.
public struct MessageCourse: Equatable, Sendable {
    public var state: MessageState
    /// Attempts that ended, since the message was added or last replayed.
    public var attempts = 0
    /// The number of the present delivery. Each has a job of its own, which must name it when it records how it ended:
    /// one that comes late cannot pass for its successor.
    public var token = 1

    public init(_ state: MessageState) {
        self.state = state
    }

    /// - Throws: ``InvalidMessageTransition`` when the event does not fit the state, above all when it speaks of a
    ///   delivery that is not the present one.
    public func applying(
        _ event: MessageEvent, _ schedule: DeliverySchedule
    ) throws(InvalidMessageTransition) -> MessageCourse {
        var next = self
        switch (state, event) {
        case (.pending, .delivered(token, let now)):
            next.attempts += 1
            next.state = .delivered(at: now)

        case (.pending, .failed(token, let now, let failure, let jitter)):
            next.attempts += 1
            if let wait = schedule.wait(afterFailure: next.attempts, failure, jitter: jitter) {
                next.token += 1
                next.state = .pending(at: now + wait)
            } else {
                next.state = .dead(at: now, reason: failure.reason)
            }

        case (.pending, .cancelled(token, let now)):
            next.state = .dead(at: now, reason: "its delivery was cancelled")

        case (.pending, .stranded(let now)):
            next.token += 1
            next.state = .pending(at: now)

        case (.dead, .replayed(let now)):
            next = MessageCourse(.pending(at: now))
            next.token = token + 1

        default:
            throw InvalidMessageTransition(state: state, event: event)
        }
        return next
    }
}
