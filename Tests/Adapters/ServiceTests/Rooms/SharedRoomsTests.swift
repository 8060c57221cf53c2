import Auth
import Foundation
import Storage
import StorageTestKit
import Testing

@testable import WaxwingService

/// One room in two processes.
@Suite(.timeLimit(.minutes(30))) struct SharedRoomsTests {
    private let room: RoomName

    init() throws {
        room = try RoomName("tea")
    }

    @Test func `what is said, shared and typed in one process is told in the other`() async throws {
        let pair = try await TwoProcesses(rules: SharedRooms(), clock: ManualClock())
        let bob = try await pair.signUp("bob@example.com")
        var listener = RoomListener(try await pair.sides[1].rooms.enter(room, as: pair.caller))
        _ = try await listener.welcome()
        let visit = try await pair.sides[0].rooms.enter(room, as: bob)
        let came = try await listener.first(\.joined)
        #expect(came.user == bob.user && came.name == "bob")
        let said = try await visit.say("hello")
        #expect(try await listener.message() == said)
        try await visit.type()
        #expect(try await listener.first(\.typing).user == bob.user)
        _ = try await visit.share(CanonicalJSON(text: #"{"a":1}"#))
        #expect(try await listener.first(\.state).data.text == #"{"a":1}"#)
        await visit.leave()
        #expect(try await listener.first(\.left).user == bob.user)
    }

    @Test func `who was there by a process that died is gone when its lease is over`() async throws {
        let (pace, clock) = (EventPace(look: .milliseconds(20), heartbeat: .seconds(1)), ManualClock())
        let pair = try await TwoProcesses(pace: pace, rules: SharedRooms(), clock: clock)
        let bob = try await pair.signUp("bob@example.com")
        var listener = RoomListener(try await pair.sides[1].rooms.enter(room, as: pair.caller))
        _ = try await listener.welcome()
        let dead = RoomHostID.random()
        // As a process leaves it that ends without a word.
        try await pair.databases[0].write { [room] session in
            let (rooms, now) = (pair.sides[0].rooms, clock.now())
            let head = try #require(try rooms.records.find(room, in: "lounge", session: session))
            try rooms.records.renew(dead, until: now + pace.heartbeat, in: session)
            let visitor = RoomVisitor(
                id: .random(), room: head.id, account: bob.user, name: nil, host: dead, enteredAt: now)
            try rooms.records.add(visitor, in: session)
            try rooms.tell(.people, of: head.id, at: now, in: session)
        }
        #expect(try await listener.first(\.joined).user == bob.user)
        clock.advance(by: pace.heartbeat)
        #expect(try await listener.first(\.left).user == bob.user)
        // Those whose process lives are there longer than a lease is, as it is renewed.
        let host = pair.sides[1].rooms.host.id
        for _ in 1...3 {
            let renewed = clock.now() + pace.heartbeat * 3
            while try await pair.lease(of: host) < renewed { try await Task.sleep(for: pace.look) }
            clock.advance(by: pace.heartbeat * 2)
        }
        let people = try await pair.sides[0].rooms.presence(in: room, for: bob).people
        #expect(people.map(\.user) == [pair.caller.user])
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `who is cut off again and again misses nothing that is said, and hears nothing twice`(
        seed: UInt64
    ) async throws {
        let pair = try await TwoProcesses(rules: SharedRooms())
        var random = SplitMix64(seed: seed)
        // As many as may be said at once by each.
        let speakers = [
            pair.caller, try await pair.signUp("bob@example.com"), try await pair.signUp("eve@example.com"),
        ]
        let total = speakers.count * 20
        let start = try await pair.sides[0].rooms.say("start", in: room, of: try await pair.signUp("dan@example.com"))
        let cuts = (0..<total).map { _ in Int.random(in: 1...9, using: &random) }
        let listening = try await pair.signUp("joe@example.com")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, speaker) in speakers.enumerated() {
                group.addTask {
                    for number in 0..<20 {
                        let text = "\(index).\(number)"
                        let side = pair.sides[number % 2]
                        // The answer is lost now and then, and the same is said again.
                        for _ in 0...(number % 3 == 0 ? 1 : 0) {
                            do {
                                _ = try await side.rooms.say(text, in: room, as: text, of: speaker)
                            } catch ServiceError.rateLimited {}
                        }
                        try await Task.sleep(for: .milliseconds(3))
                    }
                }
            }
            group.addTask {
                var (heard, numbers, cut): (Set<String>, [Int64], Int) = ([], [start.number], 0)
                // A repeat counts as something said: not all may come through.
                while heard.count < total * 2 / 3 {
                    let visit = try await pair.sides[cut % 2].rooms.enter(room, as: listening, after: numbers.last)
                    var listener = RoomListener(visit)
                    let welcome = try await listener.welcome()
                    #expect(!welcome.isReset)
                    for message in welcome.messages {
                        #expect(heard.insert(message.text).inserted)
                        numbers.append(message.number)
                    }
                    for _ in 0..<cuts[cut % total] where heard.count < total * 2 / 3 {
                        let message = try await listener.message()
                        #expect(heard.insert(message.text).inserted)
                        numbers.append(message.number)
                    }
                    await visit.leave()
                    cut += 1
                }
                #expect(numbers == (0..<Int64(numbers.count)).map { start.number + $0 })
            }
            try await group.waitForAll()
        }
    }
}

extension TwoProcesses {
    fileprivate func lease(of host: RoomHostID) async throws -> Timestamp {
        let row = try await databases[0].read { session in
            try session.row("SELECT lease_until FROM room_hosts WHERE id = \(host)")
        }
        return try #require(row).get("lease_until")
    }
}
