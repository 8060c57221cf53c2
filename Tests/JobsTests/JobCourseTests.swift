import JobsTestKit
import Storage
import StorageTestKit
import Testing

@testable import Jobs

private let start = Timestamp(milliseconds: 1_800_000_000_000)
private let policy = RetryPolicy()

/// One job in each state, and each event as it would be heard by it.
private let states: [(name: String, course: JobCourse)] = [
    ("scheduled", JobCourse(.scheduled(at: start))), ("ready", JobCourse(.ready)), ("leased", leased()),
    ("retryable", JobCourse(.retryable(at: start))), ("succeeded", JobCourse(.succeeded)),
    ("cancelled", JobCourse(.cancelled)), ("dead", JobCourse(.dead(reason: "disk full"))),
]

private let events: [(name: String, event: JobEvent)] = [
    ("due", .due(at: start)), ("claimed", .claimed(by: "grace", at: start)),
    ("heartbeat", .heartbeat(token: 1, at: start)), ("succeeded", .succeeded(token: 1)),
    ("failed", .failed(token: 1, at: start, reason: "disk full", jitter: 0)),
    ("failedForGood", .failedForGood(token: 1, reason: "disk full")),
    ("crashed", .crashed(token: 1, at: start, reason: "signal 11", jitter: 0)), ("released", .released(token: 1)),
    ("leaseExpired", .leaseExpired(token: 1)), ("cancelRequested", .cancelRequested),
    ("stopped", .stopped(token: 1)), ("hurried", .hurried), ("replayed", .replayed),
]

private let legal: [String: Set<String>] = [
    "scheduled": ["due", "hurried", "cancelRequested"],
    "ready": ["claimed", "cancelRequested"],
    "leased": [
        "heartbeat", "succeeded", "failed", "failedForGood", "crashed", "released", "leaseExpired", "cancelRequested",
    ],
    "retryable": ["due", "hurried", "cancelRequested"],
    "succeeded": [],
    "cancelled": [],
    "dead": ["replayed"],
]

private func leased(attempts: Int = 1, cancelRequested: Bool = false) -> JobCourse {
    var course = JobCourse(.leased(Lease(worker: "ada", token: 1, until: start + policy.lease)))
    (course.attempts, course.token, course.isCancelRequested) = (attempts, 1, cancelRequested)
    return course
}

@Suite struct JobCourseTests {
    @Test func `in each state just the events of the table are legal`() {
        for (state, course) in states {
            for (name, event) in events {
                if legal[state]?.contains(name) == true {
                    #expect(throws: Never.self, "\(name) in \(state)") { try course.applying(event, policy) }
                } else {
                    #expect(throws: InvalidTransition(state: course.state, event: event), "\(name) in \(state)") {
                        try course.applying(event, policy)
                    }
                }
            }
        }
    }

    @Test(arguments: [
        JobEvent.heartbeat(token: 2, at: start), .succeeded(token: 0), .failedForGood(token: 2, reason: "late"),
        .failed(token: 2, at: start, reason: "late", jitter: 0),
        .crashed(token: 2, at: start, reason: "late", jitter: 0), .released(token: 2), .stopped(token: 2),
        .leaseExpired(token: 2),
    ])
    func `a worker with another token is refused`(event: JobEvent) {
        #expect(throws: InvalidTransition.self) { try leased(cancelRequested: true).applying(event, policy) }
    }

    @Test func `nothing is due before its time`() {
        let early = start - .milliseconds(1)
        for course in [JobCourse(.scheduled(at: start)), JobCourse(.retryable(at: start))] {
            #expect(throws: InvalidTransition.self) { try course.applying(.due(at: early), policy) }
        }
    }

    @Test(arguments: [
        JobEvent.stopped(token: 1), .released(token: 1), .failedForGood(token: 1, reason: "disk full"),
        .failed(token: 1, at: start, reason: "disk full", jitter: 0),
        .crashed(token: 1, at: start, reason: "signal 11", jitter: 0), .leaseExpired(token: 1),
    ])
    func `a job whose cancellation was requested is not run again`(event: JobEvent) throws {
        #expect(try leased(cancelRequested: true).applying(event, policy).state == .cancelled)
    }

    @Test func `each heartbeat changes the lease, and never shortens it, whichever way the clock was turned`() throws {
        var course = leased()
        for hours in [0, 0, -1, -1, 24, 24, 0] {
            let now = start + .seconds(hours * 3600)
            let next = try course.applying(.heartbeat(token: 1, at: now), policy)
            guard case .leased(let before) = course.state, case .leased(let after) = next.state else { return }
            #expect(after.until > before.until)
            course = next
        }
    }

    @Test func `a replayed job has all its attempts, and goes on counting tokens`() throws {
        var dead = JobCourse(.dead(reason: "disk full"))
        (dead.attempts, dead.lostLeases, dead.crashes, dead.token) = (3, 4, 2, 7)
        var replayed = JobCourse(.ready)
        replayed.token = 7
        #expect(try dead.applying(.replayed, policy) == replayed)
    }

    @Test(arguments: 1...100 as ClosedRange<UInt64>)
    func `whatever happens, tokens grow, counts stay in range and the end stays the end`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var (course, now) = (JobCourse(.ready), start)
        for _ in 0..<300 {
            now = now + .milliseconds(.random(in: 0...20_000, using: &random))
            let event = randomEvent(token: course.token - (Bool.random(using: &random) ? 0 : 1), now, &random)
            guard let next = try? course.applying(event, policy) else { continue }
            #expect(next.token >= course.token)
            #expect((0...policy.attempts).contains(next.attempts))
            #expect((0...policy.lostLeases).contains(next.lostLeases))
            #expect((0...policy.crashes).contains(next.crashes))
            if case .leased(let lease) = next.state { #expect(lease.token == next.token) }
            if case .claimed = event { #expect(next.token == course.token + 1) }
            if course.state.isFinal { #expect(event == .replayed && next.state == .ready) }
            course = next
        }
    }

    private func randomEvent(token: Int, _ now: Timestamp, _ random: inout SplitMix64) -> JobEvent {
        switch Int.random(in: 0...18, using: &random) {
        case 0...2: .due(at: now)
        case 3...7: .claimed(by: "ada", at: now)
        case 8: .heartbeat(token: token, at: now)
        case 9: .succeeded(token: token)
        case 10: .failed(token: token, at: now, reason: "disk full", jitter: .random(in: 0...1, using: &random))
        case 11: .failedForGood(token: token, reason: "disk full")
        case 12: .crashed(token: token, at: now, reason: "signal 11", jitter: 0)
        case 13: .released(token: token)
        case 14, 15: .leaseExpired(token: token)
        case 16: .cancelRequested
        case 17: .stopped(token: token)
        default: .replayed
        }
    }
}
