import Storage
import Testing

@Suite struct UploadStateTests {
    private static let states: [UploadState] = [
        .reserved, .uploading, .uploaded(etag: "e"), .verified(etag: "e", kind: "wav"),
        .committed(etag: "e", kind: "wav"), .rejected(.cancelled), .expired,
    ]
    private static let events: [UploadEvent] = [
        .opened, .arrived(etag: "e"), .judged(kind: "wav"), .kept, .refused(.lost), .ranOut,
    ]

    @Test func `every pair of state and event is a move or a refusal`() {
        // A row a state, a column an event, in the order above; nil where the move is refused.
        let table: [[UploadState?]] = [
            [.uploading, nil, nil, nil, .rejected(.lost), .expired],
            [nil, .uploaded(etag: "e"), nil, nil, .rejected(.lost), .expired],
            [nil, nil, .verified(etag: "e", kind: "wav"), nil, .rejected(.lost), .expired],
            [nil, nil, nil, .committed(etag: "e", kind: "wav"), .rejected(.lost), .expired],
            [nil, nil, nil, nil, nil, nil], [nil, nil, nil, nil, nil, nil], [nil, nil, nil, nil, nil, nil],
        ]
        for (state, row) in zip(Self.states, table) {
            for (event, expected) in zip(Self.events, row) {
                #expect((try? state.applying(event)) == expected, "\(event) in \(state)")
            }
        }
    }

    @Test func `nothing leads out of a final state`() {
        #expect(Self.states.map(\.isFinal) == [false, false, false, false, true, true, true])
        for state in Self.states where state.isFinal {
            for event in Self.events {
                #expect(throws: InvalidUploadTransition.self) { try state.applying(event) }
            }
        }
    }
}
