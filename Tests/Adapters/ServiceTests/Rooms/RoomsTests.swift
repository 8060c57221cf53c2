import Auth
import Foundation
import Storage
import StorageTestKit
import Testing

@testable import WaxwingService

@Suite(.timeLimit(.minutes(20))) struct RoomsTests {
    private let room: RoomName

    init() throws {
        room = try RoomName("tea")
    }

    @Test func `who comes in hears how it is, and then all that is said, in order and numbered without gaps`()
        async throws
    {
        let studio = try await Studio(pace: .calm)
        let (rooms, ada) = (studio.useCases.rooms, studio.caller)
        let before = try await rooms.say("early", in: room, of: ada)
        var listener = RoomListener(try await rooms.enter(room, as: ada))
        let welcome = try await listener.welcome()
        #expect(welcome.messages == [before] && welcome.number == before.number && !welcome.isReset)
        #expect(welcome.people.map(\.user) == [ada.user] && welcome.people[0].since == studio.clock.now())
        #expect(welcome.state == RoomState(data: .empty, version: 0, user: nil))
        let own = try await listener.visit.say("mine")
        let other = try await rooms.say("theirs", in: room, of: ada)
        #expect(try await listener.message() == own)
        #expect(try await listener.message() == other)
        #expect([before, own, other].map(\.number) == (0...2).map { before.number + $0 })
        listener.visit.close()
        #expect(try await listener.next() == nil)
    }

    @Test func `the last hundred are told on coming in, and what was missed after a number, each once`() async throws {
        let studio = try await Studio(pace: .calm)
        let (rooms, ada) = (studio.useCases.rooms, studio.caller)
        var said: [Int64] = []
        for number in 1...250 {
            said.append(try await rooms.say("\(number)", in: room, of: ada).number)
            studio.clock.advance(by: .seconds(1))
        }
        var fresh = RoomListener(try await rooms.enter(room, as: ada))
        #expect(try await fresh.welcome().messages.map(\.number) == said.suffix(100))
        var back = RoomListener(try await rooms.enter(room, as: ada, after: said[9]))
        var heard = try await back.welcome().messages.map(\.number)
        while heard.count < 240 { heard.append(try await back.message().number) }
        #expect(heard == Array(said[10...]))
        let newest = try await rooms.say("251", in: room, of: ada)
        #expect(try await back.message() == newest)
        #expect(try await fresh.message() == newest)
        var none = RoomListener(try await rooms.enter(room, as: ada, after: newest.number))
        #expect(try await none.welcome().messages == [])
    }

    @Test func `who missed what is forgotten, or comes with a number that never was, begins anew`() async throws {
        let studio = try await Studio(pace: .calm)
        let (rooms, ada) = (studio.useCases.rooms, studio.caller)
        let old = try await rooms.say("old", in: room, of: ada).number
        _ = try await rooms.say("old too", in: room, of: ada)
        studio.clock.advance(by: Rooms.memory + .seconds(1))
        let new = try await rooms.say("new", in: room, of: ada)
        try await studio.useCases.upkeep.run(.rooms)
        for number in [0, old, .max, new.number + 1] as [Int64] {
            var listener = RoomListener(try await rooms.enter(room, as: ada, after: number))
            let welcome = try await listener.welcome()
            #expect(welcome.isReset && welcome.messages == [new], "\(number)")
        }
        var listener = RoomListener(try await rooms.enter(room, as: ada, after: old + 1))
        let welcome = try await listener.welcome()
        #expect(!welcome.isReset && welcome.messages == [new])
    }

    @Test func `a room that was forgotten and is made anew has no number that the old one had`() async throws {
        let studio = try await Studio(pace: .calm)
        let (rooms, ada) = (studio.useCases.rooms, studio.caller)
        let old = try await rooms.say("old", in: room, of: ada)
        studio.clock.advance(by: Rooms.memory + .seconds(1))
        try await studio.useCases.upkeep.run(.rooms)
        #expect(try await studio.count("SELECT COUNT(*) AS n FROM rooms") == 1)
        studio.clock.advance(by: Rooms.roomMemory)
        try await studio.useCases.upkeep.run(.rooms)
        #expect(try await studio.count("SELECT COUNT(*) AS n FROM rooms") == 0)
        let new = try await rooms.say("new", in: room, of: ada)
        #expect(new.number > old.number + 1)
        var listener = RoomListener(try await rooms.enter(room, as: ada, after: old.number))
        let welcome = try await listener.welcome()
        #expect(welcome.isReset)
    }

    @Test func `people come and go once, with however many connections`() async throws {
        let studio = try await Studio(pace: .calm)
        let rooms = studio.useCases.rooms.opened(to: SharedRooms())
        let (ada, bob) = (studio.caller, Principal.signedIn(.random()))
        var listener = RoomListener(try await rooms.enter(room, as: ada))
        _ = try await listener.welcome()
        studio.clock.advance(by: .milliseconds(1))
        let first = try await rooms.enter(room, as: bob)
        let came = try await listener.first(\.joined)
        #expect(came.user == bob.user && came.connections == 1)
        let second = try await rooms.enter(room, as: bob)
        #expect(try await rooms.presence(in: room, for: ada).people.map(\.connections) == [1, 2])
        await first.leave()
        await first.leave()
        await second.leave()
        #expect(try await listener.first(\.left).user == bob.user)
        #expect(try await rooms.presence(in: room, for: ada).people.map(\.user) == [ada.user])
    }

    @Test func `a visit that nobody holds any more is over`() async throws {
        let studio = try await Studio(pace: .calm)
        let (rooms, ada) = (studio.useCases.rooms, studio.caller)
        var visit: RoomVisit? = try await rooms.enter(room, as: ada)
        #expect(visit?.name == room)
        visit = nil
        while try await !rooms.presence(in: room, for: ada).people.isEmpty { await Task.yield() }
        #expect(rooms.watch.count == 0)
    }

    @Test func `typing is told, not kept, and not more often than it has to be`() async throws {
        let studio = try await Studio(pace: .calm)
        let rooms = studio.useCases.rooms.opened(to: SharedRooms())
        let (ada, bob) = (studio.caller, Principal.signedIn(.random()))
        let visit = try await rooms.enter(room, as: bob)
        var listener = RoomListener(try await rooms.enter(room, as: ada))
        _ = try await listener.welcome()
        for _ in 1...5 { try await visit.type() }
        #expect(try await listener.first(\.typing).typingUntil == studio.clock.now() + Rooms.typingTime)
        studio.clock.advance(by: Rooms.typingTime / 2)
        try await visit.type()
        #expect(try await listener.first(\.typing).user == bob.user)
        _ = try await visit.say("done")
        _ = try await listener.message()
        var late = RoomListener(try await rooms.enter(room, as: ada))
        #expect(try await late.welcome().messages.map(\.text) == ["done"])
    }

    @Test func `what is shared is the last one's, bounded, and told to those who are there and who come`() async throws
    {
        let studio = try await Studio(pace: .calm)
        let (rooms, ada) = (studio.useCases.rooms, studio.caller)
        let visit = try await rooms.enter(room, as: ada)
        var listener = RoomListener(try await rooms.enter(room, as: ada))
        _ = try await listener.welcome()
        _ = try await visit.share(CanonicalJSON(text: #"{"bpm":90}"#))
        let last = try await listener.visit.share(CanonicalJSON(text: #"{"bpm":92}"#))
        #expect(last.version == 2 && last.user == ada.user)
        var told: RoomState?
        while told?.version != 2 { told = try await listener.first(\.state) }
        #expect(told == last)
        #expect(try await rooms.presence(in: room, for: ada).state == last)
        let large = CanonicalJSON(text: #"{"a":"\#(String(repeating: "x", count: Rooms.largestState))"}"#)
        #expect(await refusal { try await visit.share(large) } == "invalid")
        #expect(try await rooms.presence(in: room, for: ada).state == last)
    }

    @Test func `rooms of one name are another's in another account`() async throws {
        let studio = try await Studio(pace: .calm)
        let (rooms, ada, eve) = (studio.useCases.rooms, studio.caller, Principal.signedIn(.random()))
        let visit = try await rooms.enter(room, as: ada)
        _ = try await visit.say("secret")
        _ = try await visit.share(CanonicalJSON(text: #"{"a":1}"#))
        #expect(try await rooms.presence(in: room, for: eve) == RoomPresence())
        #expect(try await rooms.messages(of: room, for: eve, PageRequest()).items == [])
        var listener = RoomListener(try await rooms.enter(room, as: eve))
        let welcome = try await listener.welcome()
        #expect(welcome.messages == [] && welcome.people.map(\.user) == [eve.user] && welcome.state.version == 0)
        _ = try await rooms.say("hers", in: room, of: eve)
        #expect(try await rooms.messages(of: room, for: ada, PageRequest()).items.map(\.text) == ["secret"])
    }

    @Test func `the app says who may enter, and who may stay`() async throws {
        let studio = try await Studio(
            pace: EventPace(look: .milliseconds(10), check: .seconds(3_600), heartbeat: .milliseconds(20)))
        let (ada, eve) = (studio.caller, Principal.signedIn(.random()))
        let doors = Doors()
        let rooms = studio.useCases.rooms.opened(to: SharedRooms { $0 == ada || doors.isOpen })
        var listener = RoomListener(try await rooms.enter(room, as: eve))
        _ = try await listener.welcome()
        // One that only speaks is let go as well.
        let speaker = try await rooms.enter(room, as: eve)
        doors.isOpen = false
        try await Task.sleep(for: .milliseconds(20))
        #expect(await refusal { try await speaker.say("still here") } == "forbidden")
        #expect(await refusal { try await speaker.share(CanonicalJSON(text: "{}")) } == "forbidden")
        #expect(await refusal { try await speaker.type() } == "forbidden")
        #expect(await refusal { while try await listener.next() != nil {} } == "forbidden")
        #expect(await refusal { try await rooms.enter(room, as: eve) } == "notFound")
        #expect(await refusal { try await rooms.say("x", in: room, of: eve) } == "notFound")
        #expect(await refusal { try await rooms.presence(in: room, for: eve) } == "notFound")
        #expect(await refusal { try await rooms.messages(of: room, for: eve, PageRequest()) } == "notFound")
        _ = try await rooms.say("x", in: room, of: ada)
    }

    @Test func `names, words and their names have bounds`() async throws {
        for name in ["", "a b", "a/b", "é", "..%2f", String(repeating: "a", count: 65), "\u{0}"] {
            #expect(throws: ServiceError.self) { try RoomName(name) }
        }
        let studio = try await Studio(pace: .calm)
        let (rooms, ada) = (studio.useCases.rooms, studio.caller)
        let longest = String(repeating: "é", count: Rooms.longestMessage / 2)
        #expect(try await rooms.say(longest, in: room, of: ada).text == longest)
        for text in ["", " \n\t", longest + "x", "a\u{0}"] {
            #expect(await refusal { try await rooms.say(text, in: room, of: ada) } == "invalid")
        }
        for ref in ["", "é", "a b", String(repeating: "x", count: 65)] {
            #expect(await refusal { try await rooms.say("x", in: room, as: ref, of: ada) } == "invalid")
        }
    }

    @Test func `who says too much at once has to wait, over a socket as without`() async throws {
        let studio = try await Studio(pace: .calm)
        let (rooms, ada) = (studio.useCases.rooms, studio.caller)
        let visit = try await rooms.enter(room, as: ada)
        for number in 1...10 {
            _ = try await visit.say("\(number)")
            _ = try await rooms.say("\(number)", in: room, of: ada)
        }
        #expect(await refusal { try await visit.say("more") } == "rateLimited")
        #expect(await refusal { try await visit.share(.empty) } == "rateLimited")
        #expect(await refusal { try await rooms.say("more", in: room, of: ada) } == "rateLimited")
        studio.clock.advance(by: .seconds(1))
        _ = try await visit.say("more")
    }

    @Test func `a message said again under its name is the same message`() async throws {
        let studio = try await Studio(pace: .calm)
        let rooms = studio.useCases.rooms.opened(to: SharedRooms())
        let (ada, bob) = (studio.caller, Principal.signedIn(.random()))
        let visit = try await rooms.enter(room, as: ada)
        let first = try await visit.say("hello", as: "1")
        #expect(try await visit.say("hello", as: "1") == first)
        #expect(try await rooms.say("hello", in: room, as: "1", of: ada) == first)
        #expect(try await rooms.say("hello", in: room, as: "1", of: bob).number == first.number + 1)
        #expect(try await visit.say("again", as: "2").number == first.number + 2)
    }

    @Test func `one that is far behind is let go with the reason, and the others hear all`() async throws {
        let studio = try await Studio(pace: .calm)
        let (rooms, ada) = (studio.useCases.rooms, studio.caller)
        var slow = RoomListener(try await rooms.enter(room, as: ada))
        var quick = RoomListener(try await rooms.enter(room, as: ada))
        _ = try await slow.welcome()
        let start = try await quick.welcome().number
        for number in 1...Rooms.mostBehind + 1 {
            studio.clock.advance(by: .seconds(1))
            _ = try await quick.visit.say("\(number)")
            #expect(try await quick.message().number == start + number)
        }
        #expect(await refusal { try await slow.message() } == "rateLimited")
        // Who comes back from far behind is told all.
        var back = RoomListener(try await rooms.enter(room, as: ada, after: start))
        var count = try await back.welcome().messages.count
        while count < Rooms.mostBehind + 1 {
            _ = try await back.message()
            count += 1
        }
    }

    @Test func `an account has ten connections in rooms, and a room holds a hundred`() async throws {
        let studio = try await Studio(pace: .calm)
        let rooms = studio.useCases.rooms.opened(to: SharedRooms())
        let (ada, bob) = (studio.caller, Principal.signedIn(.random()))
        var visits: [RoomVisit] = []
        for number in 1...Rooms.mostVisits {
            visits.append(try await rooms.enter(try RoomName("room\(number)"), as: ada))
        }
        #expect(await refusal { try await rooms.enter(room, as: ada) } == "rateLimited")
        let spare = try await rooms.enter(room, as: bob)
        await visits.removeLast().leave()
        visits.append(try await rooms.enter(room, as: ada))
        for _ in 2..<Rooms.mostInRoom { visits.append(try await rooms.enter(room, as: .signedIn(.random()))) }
        #expect(await refusal { try await rooms.enter(room, as: .signedIn(.random())) } == "rateLimited")
        await spare.leave()
        visits.append(try await rooms.enter(room, as: bob))
    }

    @Test func `a namespace has so many rooms`() async throws {
        let studio = try await Studio(pace: .calm)
        let (rooms, ada) = (studio.useCases.rooms, studio.caller)
        _ = try await studio.database.write { session in
            for number in 1...Rooms.mostRooms {
                _ = try rooms.records.make(
                    RoomName("room\(number)"), in: "user/\(ada.user)", atMost: .max, at: studio.clock.now(),
                    session: session)
            }
        }
        #expect(await refusal { try await rooms.say("x", in: room, of: ada) } == "conflict")
        #expect(await refusal { try await rooms.enter(room, as: ada) } == "conflict")
        _ = try await rooms.say("x", in: try RoomName("room1"), of: ada)
    }

    @Test func `lists go back in pages`() async throws {
        let studio = try await Studio(pace: .calm)
        let (rooms, ada) = (studio.useCases.rooms, studio.caller)
        for number in 1...15 { _ = try await rooms.say("\(number)", in: room, of: ada) }
        var (texts, after): ([String], PageCursor?) = ([], nil)
        repeat {
            let page = try await rooms.messages(of: room, for: ada, PageRequest(limit: 4, after: after))
            texts += page.items.map(\.text)
            after = page.next
        } while after != nil
        #expect(texts == (1...15).reversed().map(String.init))
    }

    @Test func `an account that is deleted leaves its rooms empty, and its place elsewhere`() async throws {
        let studio = try await Studio(pace: .calm)
        try await studio.register()
        let (own, ada, bob) = (studio.useCases.rooms, try await studio.signIn(), Principal.signedIn(.random()))
        let shared = own.opened(to: SharedRooms())
        _ = try await own.say("to myself", in: room, of: ada)
        let said = try await shared.say("hello", in: room, as: "1", of: ada)
        #expect(said.name == "Ada" && said.author == ada.user)
        let answer = try await shared.say("hello Ada?", in: room, of: bob)
        var bytes: [UInt8] = []
        try await studio.useCases.accounts.archive(of: ada).write { bytes += $0 }
        let archive = String(decoding: bytes, as: UTF8.self)
        #expect(archive.contains("to myself") && archive.contains(#""text":"hello""#) && !archive.contains("Ada?"))
        _ = try await studio.useCases.accounts.delete(ada, password: Studio.password, from: .test)
        try await studio.work()
        #expect(try await studio.count("SELECT COUNT(*) AS n FROM rooms WHERE namespace <> 'lounge'") == 0)
        let left = try await shared.messages(of: room, for: bob, PageRequest()).items
        #expect(left.map(\.number) == [answer.number, said.number])
        #expect(left[1].author == nil && left[1].name == nil && left[1].text == "" && left[1].ref == nil)
    }
}

extension Rooms {
    /// The same rooms under other rules.
    func opened(to rules: any RoomRules) -> Rooms {
        Rooms(
            database: database, signals: signals, limiter: limiter, watch: watch, host: host, users: users,
            rules: rules, clock: clock)
    }
}
