import Storage
import StorageTestKit
import Testing

@testable import Jobs

@Suite struct LeaseWatchTests {
    private let start = ContinuousClock.now
    private let id = JobID.random()

    @Test func `who is seen with the same lease for as long as it may be silent is silent`() {
        var watch = LeaseWatch()
        for second in 0..<15 { #expect(silent(&watch, [lease(until: 0)], second) == []) }
        #expect(silent(&watch, [lease(until: 0)], 15) == [lease(until: 0)])
    }

    @Test func `a heartbeat begins the wait anew, whatever time it tells`() {
        var watch = LeaseWatch()
        for second in 0..<100 { #expect(silent(&watch, [lease(until: -second)], second) == []) }
    }

    @Test func `the next holder has its own time`() {
        var watch = LeaseWatch()
        #expect(silent(&watch, [lease(until: 0)], 0) == [])
        for second in 14..<29 { #expect(silent(&watch, [lease(until: 0, token: 2)], second) == []) }
        #expect(silent(&watch, [lease(until: 0, token: 2)], 29) == [lease(until: 0, token: 2)])
    }

    @Test func `silence while nobody could look does not count`() {
        var watch = LeaseWatch()
        for second in 0..<10 { #expect(silent(&watch, [lease(until: 0)], second) == []) }
        for second in 60..<75 { #expect(silent(&watch, [lease(until: 0)], second) == []) }
        #expect(silent(&watch, [lease(until: 0)], 75) == [lease(until: 0)])
    }

    @Test func `a job that was not among those that run is seen as if for the first time`() {
        var watch = LeaseWatch()
        #expect(silent(&watch, [lease(until: 0)], 0) == [])
        #expect(silent(&watch, [], 10) == [])
        #expect(silent(&watch, [lease(until: 0)], 20) == [])
    }

    private func lease(until seconds: Int, token: Int = 1) -> HeldLease {
        let until = Timestamp(milliseconds: 1_000_000) + .seconds(seconds)
        return HeldLease(job: id, kind: "tune", lease: Lease(worker: "ada", token: token, until: until))
    }

    private func silent(_ watch: inout LeaseWatch, _ leases: [HeldLease], _ second: Int) -> [HeldLease] {
        watch.silent(among: leases, at: start + .seconds(second)) { _ in .seconds(15) }
    }
}
