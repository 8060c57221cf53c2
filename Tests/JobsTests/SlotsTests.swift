import Testing

@testable import Jobs

@Suite struct SlotsTests {
    private func slots(_ queues: [QueueShare], _ concurrency: Int, _ wakeUp: WakeUp = WakeUp()) -> Slots {
        let slots = Slots(Worker.Configuration(queues: queues, concurrency: concurrency), wakeUp)
        slots.isOpen = true
        return slots
    }

    @Test func `one claim at a time, for as many as there is room`() {
        let slots = slots([QueueShare("tune")], 2)
        #expect(slots.beginClaim()?.limit == 2)
        #expect(slots.beginClaim() == nil)
        #expect(slots.beginClaim(after: ["tune"]) == nil)
        slots.endClaim(taking: ["tune"])
        #expect(slots.beginClaim()?.limit == 1)
        slots.endClaim(taking: ["tune"])
        #expect(slots.beginClaim() == nil)
    }

    @Test func `who found a claim under way is woken at its end`() {
        let wakeUp = WakeUp()
        let slots = slots([QueueShare("tune")], 2, wakeUp)
        _ = slots.beginClaim()
        let generation = wakeUp.generation
        slots.endClaim(taking: [])
        #expect(wakeUp.generation == generation)
        _ = slots.beginClaim()
        _ = slots.beginClaim()
        slots.endClaim(taking: [])
        #expect(wakeUp.generation != generation)
    }

    @Test func `the slot of a job that is over is offered to every queue that may run more`() throws {
        let slots = slots([QueueShare("stems", concurrency: 1), QueueShare("tune")], 2)
        _ = slots.beginClaim()
        slots.endClaim(taking: ["tune", "tune"])
        let vacancy = try #require(slots.beginClaim(after: ["tune"]))
        #expect(vacancy.limit == 1)
        #expect(vacancy.demands.map(\.queue) == ["stems", "tune"])
        slots.endClaim(taking: ["stems"], after: ["tune"])
        #expect(slots.beginClaim() == nil)
        // The queue's own limit is reached; with its end it may have the slot again.
        #expect(slots.beginClaim(after: ["tune"])?.demands.map(\.queue) == ["tune"])
        slots.endClaim(taking: [])
        #expect(slots.beginClaim(after: ["stems"])?.demands.map(\.queue) == ["stems", "tune"])
    }

    @Test func `a job that goes on in a slot takes no other`() {
        let slots = slots([QueueShare("tune")], 10)
        _ = slots.beginClaim()
        slots.endClaim(taking: Array(repeating: "tune", count: 9))
        let ended = Array(repeating: "tune", count: 5)
        #expect(slots.beginClaim(after: ended)?.limit == 5)
        slots.endClaim(taking: Array(repeating: "tune", count: 3), after: ended)
        #expect(slots.beginClaim()?.limit == 1)
        slots.endClaim(taking: [])
        // The other two found none to go on with.
        for _ in 0..<2 { slots.end("tune") }
        #expect(slots.beginClaim()?.limit == 3)
    }

    @Test func `free slots have their turn, however fast others go from job to job`() {
        let slots = slots([QueueShare("tune")], 2)
        _ = slots.beginClaim()
        slots.endClaim(taking: ["tune"])
        _ = slots.beginClaim(after: ["tune"])
        #expect(slots.beginClaim() == nil)
        slots.endClaim(taking: ["tune"], after: ["tune"])
        #expect(slots.beginClaim(after: ["tune"]) == nil)
        #expect(slots.beginClaim()?.limit == 1)
        slots.endClaim(taking: [])
        #expect(slots.beginClaim(after: ["tune"])?.limit == 1)
    }

    @Test func `nothing is claimed for slots that are closed`() {
        let slots = slots([QueueShare("tune")], 1)
        slots.isOpen = false
        #expect(slots.beginClaim() == nil)
        #expect(slots.beginClaim(after: ["tune"]) == nil)
    }
}
