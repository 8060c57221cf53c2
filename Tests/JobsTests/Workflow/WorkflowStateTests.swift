import Storage
import StorageTestKit
import Testing

@testable import Jobs

private let time = Timestamp(milliseconds: 1_800_000_000_000)
private let failure = UndoCause.failure(reason: "card declined")
private let parking = ParkingReason.jobGivenUp(reason: "its worker vanished")

@Suite struct WorkflowStateTests {
    private static let states: [(name: String, state: WorkflowState)] = [
        ("running", .running), ("waiting", .waiting(until: time)), ("undoing", .undoing(failure)),
        ("waiting to undo", .waitingToUndo(failure, until: nil)), ("completed", .completed),
        ("failed", .failed(reason: "card declined")), ("cancelled", .cancelled),
        ("parked", .parked(parking, undoing: nil)),
    ]

    private static let events: [(name: String, event: WorkflowEvent)] = [
        ("suspended", .suspended(until: time)), ("woken", .woken), ("gave up", .gaveUp(failure)),
        ("completed", .completed), ("undone", .undone), ("parked", .parked(parking)), ("resumed", .resumed),
    ]

    private static let legal: [String: Set<String>] = [
        "running": ["suspended", "gave up", "completed", "parked"], "waiting": ["woken", "parked"],
        "undoing": ["suspended", "undone", "parked"], "waiting to undo": ["woken", "parked"],
        "parked": ["resumed"], "completed": [], "failed": [], "cancelled": [],
    ]

    @Test func `in each state just the events of the table are legal`() {
        for (state, start) in Self.states {
            for (name, event) in Self.events {
                if Self.legal[state]?.contains(name) == true {
                    #expect(throws: Never.self, "\(name) in \(state)") { try start.applying(event) }
                } else {
                    #expect(throws: InvalidWorkflowTransition(state: start, event: event), "\(name) in \(state)") {
                        try start.applying(event)
                    }
                }
            }
        }
    }

    @Test(arguments: [UndoCause.cancellation, failure])
    func `a run that is undone ends as its cause says, whatever waits and parkings come between`(
        cause: UndoCause
    ) throws {
        let events: [WorkflowEvent] = [
            .gaveUp(cause), .suspended(until: nil), .woken, .parked(parking), .resumed, .undone,
        ]
        let end = try events.reduce(WorkflowState.running) { try $0.applying($1) }
        #expect(end == (cause == .cancellation ? .cancelled : .failed(reason: "card declined")))
    }

    @Test func `a parked run says what happened and what to do`() {
        let change = DefinitionChange.step(position: 2, recorded: "work 'b'", found: nil)
        let sentence = ParkingReason.definitionChanged(change).description
        #expect(
            sentence
                == "the program is not the one that did the recorded steps (step 2 was work 'b', and now there is none): "
                + "run that one, then resume")
    }
}
