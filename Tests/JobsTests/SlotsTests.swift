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
        #expect(slots.claim()?.limit == 2)
        #expect(slots.claim() == nil)
        #expect(slots.claim(after: ["tune"]) == nil)
        slots.endClaim(["tune"])
        #expect(slots.claim()?.limit == 1)
        slots.endClaim(["tune"])
        #expect(slots.claim() == nil)
    }

    @Test func `who found a claim under way is woken at its end`() {
        let wakeUp = WakeUp()
        let slots = slots([QueueShare("tune")], 2, wakeUp)
        _ = slots.claim()
        let generation = wakeUp.generation
        slots.endClaim([])
        #expect(wakeUp.generation == generation)
        _ = slots.claim()
        _ = slots.claim()
        slots.endClaim([])
        #expect(wakeUp.generation != generation)
    }

    @Test func `the slot of a job that is over is offered to every queue that may run more`() throws {
        let slots = slots([QueueShare("stems", concurrency: 1), QueueShare("tune")], 2)
        _ = slots.claim()
        slots.endClaim(["tune", "tune"])
        let vacancy = try #require(slots.claim(after: ["tune"]))
        #expect(vacancy.limit == 1)
        #expect(vacancy.demands.map(\.queue) == ["stems", "tune"])
        slots.endClaim(["stems"])
        slots.end("tune")
        #expect(slots.claim() == nil)
        // The queue's own limit is reached; with its end it may have the slot again.
        #expect(slots.claim(after: ["tune"])?.demands.map(\.queue) == ["tune"])
        slots.endClaim([])
        #expect(slots.claim(after: ["stems"])?.demands.map(\.queue) == ["stems", "tune"])
    }

    @Test func `nothing is claimed for slots that are closed`() {
        let slots = slots([QueueShare("tune")], 1)
        slots.isOpen = false
        #expect(slots.claim() == nil)
        #expect(slots.claim(after: ["tune"]) == nil)
    }
}
