import Storage
import Testing

@testable import Jobs

private let start = Timestamp(milliseconds: 1_000_000)

@Suite struct MessageCourseTests {
    private let schedule = DeliverySchedule(waits: [.seconds(1), .seconds(2)])
    private let fresh = MessageCourse(.pending(at: start))

    private func failed(_ token: Int, _ failure: DeliveryFailure = .passing("no answer")) -> MessageEvent {
        .failed(token: token, at: start, failure, jitter: 0)
    }

    private func course(_ state: MessageState, attempts: Int, token: Int) -> MessageCourse {
        var course = MessageCourse(state)
        (course.attempts, course.token) = (attempts, token)
        return course
    }

    @Test func `a delivery ends a message`() throws {
        let next = try fresh.applying(.delivered(token: 1, at: start + .seconds(3)), schedule)
        #expect(next == course(.delivered(at: start + .seconds(3)), attempts: 1, token: 1))
    }

    @Test func `a failure waits for the next delivery, the last one is the end`() throws {
        let second = try fresh.applying(failed(1), schedule)
        #expect(second == course(.pending(at: start + .seconds(1)), attempts: 1, token: 2))
        let third = try second.applying(failed(2), schedule)
        #expect(third == course(.pending(at: start + .seconds(2)), attempts: 2, token: 3))
        let dead = try third.applying(failed(3), schedule)
        #expect(dead == course(.dead(at: start, reason: "no answer"), attempts: 3, token: 3))
    }

    @Test func `a failure that cannot pass is the end at once`() throws {
        let dead = try fresh.applying(failed(1, .final("no such number")), schedule)
        #expect(dead == course(.dead(at: start, reason: "no such number"), attempts: 1, token: 1))
    }

    @Test func `a receiver's wait is kept`() throws {
        let next = try fresh.applying(failed(1, .later(after: .seconds(90), "too many")), schedule)
        #expect(next.state == .pending(at: start + .seconds(90)))
    }

    @Test func `a cancelled delivery gives the message up and spends no attempt`() throws {
        let dead = try fresh.applying(.cancelled(token: 1, at: start), schedule)
        #expect(dead == course(.dead(at: start, reason: "its delivery was cancelled"), attempts: 0, token: 1))
    }

    @Test func `a stranded message goes to a new delivery and spends no attempt`() throws {
        let next = try fresh.applying(.stranded(at: start + .seconds(9)), schedule)
        #expect(next == course(.pending(at: start + .seconds(9)), attempts: 0, token: 2))
    }

    @Test func `a replayed message has all its attempts again, and a delivery that no old one can pass for`() throws {
        let dead = course(.dead(at: start, reason: "no answer"), attempts: 3, token: 7)
        let next = try dead.applying(.replayed(at: start + .seconds(9)), schedule)
        #expect(next == course(.pending(at: start + .seconds(9)), attempts: 0, token: 8))
    }

    @Test func `a delivery that is not the present one is not heard`() {
        let present = course(.pending(at: start), attempts: 1, token: 2)
        for token in [1, 3] {
            for event in [.delivered(token: token, at: start), failed(token), .cancelled(token: token, at: start)] {
                #expect(throws: InvalidMessageTransition(state: present.state, event: event)) {
                    try present.applying(event, schedule)
                }
            }
        }
    }

    @Test func `nothing else is allowed`() {
        let delivered = course(.delivered(at: start), attempts: 1, token: 1)
        let dead = course(.dead(at: start, reason: ""), attempts: 1, token: 1)
        let ends: [MessageEvent] = [
            .delivered(token: 1, at: start), failed(1), .cancelled(token: 1, at: start), .stranded(at: start),
        ]
        for over in [delivered, dead] {
            for event in ends {
                #expect(throws: InvalidMessageTransition.self) { try over.applying(event, schedule) }
            }
        }
        for alive in [fresh, delivered] {
            #expect(throws: InvalidMessageTransition.self) { try alive.applying(.replayed(at: start), schedule) }
        }
    }
}
