import Auth
import Billing
import Foundation
import Jobs
import SampleLibrary
import Storage
import StorageTestKit
import Testing

@testable import WaxwingService

@Suite(.timeLimit(.minutes(20))) struct EventsTests {
    @Test func `the life of an upload is told step by step, to its owner alone`() async throws {
        let studio = try await Studio()
        let (user, other) = (try await studio.register(), try await studio.register("eve@example.com"))
        let (ada, eve) = (try await studio.signIn(), try await studio.signIn("eve@example.com"))
        var listener = try Listener(studio.useCases.events, ada)
        #expect(try await listener.next()?.kind == "hello")
        try await studio.upload(for: other.id)
        let upload = try await studio.upload(named: "kick.wav", for: user.id)
        try await studio.work()
        let heard = try await listener.until(.jobCompleted)
        #expect(
            heard.map(\.kind) == [
                "job.pending", "job.processing", "job.progress", "job.progress", "sample.added", "job.completed",
            ])
        #expect(heard.map(\.number) == [1, 2, 3, 4, 5, 6])
        #expect(heard[2].payload == #"{"job_id":"\#(upload.job)","note":"analysing","progress":0.2}"#)
        #expect(heard[3].payload == #"{"job_id":"\#(upload.job)","note":"storing","progress":0.7}"#)
        let sample = try #require(try await studio.report(upload, of: ada).sample)
        #expect(heard[4].payload == #"{"filename":"kick.wav","sample_id":"\#(sample)"}"#)
        #expect(
            heard[5].payload
                == #"{"attempts":1,"error":null,"job_id":"\#(upload.job)","sample_id":"\#(sample)","status":"completed","#
                + #""work":"analyze-upload"}"#)
        var others = try Listener(studio.useCases.events, eve, after: 0)
        let theirs = try await others.until(.jobCompleted)
        #expect(!theirs.contains { $0.payload.contains(upload.job.text) || $0.payload.contains(sample.text) })
    }

    @Test func `an upload that fails tells why, once no attempt is left`() async throws {
        let studio = try await Studio()
        let user = try await studio.register()
        var listener = try Listener(studio.useCases.events, try await studio.signIn(), after: 0)
        studio.analyzer.fail(with: .rejected("it is silent"))
        try await studio.upload(for: user.id)
        try await studio.work()
        let heard = try await listener.until(.jobFailed)
        #expect(heard.map(\.kind) == ["hello", "job.pending", "job.processing", "job.progress", "job.failed"])
        #expect(heard.last?.payload.contains(#""error":"it is silent""#) == true)
    }

    @Test func `what becomes of a sample is told`() async throws {
        let studio = try await Studio()
        let user = try await studio.register()
        let caller = try await studio.signIn()
        let upload = try await studio.upload(for: user.id)
        try await studio.work()
        let id = try #require(try await studio.report(upload, of: caller).sample)
        let library = studio.useCases.library
        var listener = try Listener(studio.useCases.events, caller)
        _ = try await listener.next()
        try await library.hide(id, of: caller)
        _ = try await library.restore(id, of: caller)
        try await library.purge(id, of: caller)
        let heard = try await listener.until(.sampleRemoved)
        #expect(heard.map(\.kind) == ["sample.hidden", "sample.restored", "sample.removed"])
        #expect(heard.allSatisfy { $0.payload.contains(id.text) })
    }

    @Test func `a sample that is renamed, tagged or analysed anew has changed; one of which nothing is asked has not`()
        async throws
    {
        let studio = try await Studio(pace: .calm)
        let id = try await studio.sample().sample.id
        let other = Principal.signedIn(.random())
        let cases = studio.useCases
        var listener = try Listener(cases.events, studio.caller)
        _ = try await listener.next()
        var change = SampleChange()
        change.filename = "Dusty.wav"
        _ = try await cases.library.change(id, SampleChange(), of: studio.caller)
        #expect(await refusal { _ = try await cases.library.change(id, change, of: other) } == "notFound")
        _ = try await cases.library.change(id, change, of: studio.caller)
        let renamed = try await listener.until(.sampleChanged)
        #expect(renamed.map(\.payload) == [#"{"filename":"Dusty.wav","sample_id":"\#(id)"}"#])
        _ = try await cases.sampleWork.analyze(id, of: studio.caller)
        try await studio.work()
        let analysed = try await listener.until(.jobCompleted)
        #expect(analysed.count { $0.kind == "sample.changed" } == 1)
        #expect(analysed.compactMap { $0.kind == "job.progress" ? $0.payload : nil }.count == 2)
    }

    @Test func `many samples that are changed at once are told one by one`() async throws {
        let studio = try await Studio(pace: .calm)
        let ids = [try await studio.sample().sample.id.text, try await studio.sample().sample.id.text]
        let work = studio.useCases.sampleWork
        var listener = try Listener(studio.useCases.events, studio.caller)
        _ = try await listener.next()
        for (action, tags) in [("tag", ["dusty"]), ("tag", ["dusty"]), ("hide", nil), ("restore", nil), ("purge", nil)]
            as [(String, [String]?)]
        {
            _ = try await work.change(
                SampleBatch(action: action, ids: ids + ["6f1d2c3b-1a2b-4c3d-8e4f-5a6b7c8d9e0f"], tags: tags),
                of: studio.caller)
        }
        let heard = try await listener.until(.sampleRemoved) + listener.until(.sampleRemoved)
        // Tags that were there already change nothing.
        let kinds = ["sample.changed", "sample.hidden", "sample.restored", "sample.removed"]
        #expect(heard.map(\.kind) == kinds.flatMap { [$0, $0] })
        for (index, item) in heard.enumerated() { #expect(item.payload.contains(ids[index % 2])) }
    }

    @Test func `a limit that comes near is told once`() async throws {
        let studio = try await Studio(Plan(uploadsPerMonth: 5))
        let user = try await studio.register()
        var listener = try Listener(studio.useCases.events, try await studio.signIn(), after: 0)
        for _ in 1...5 { try await studio.upload(for: user.id) }
        try await studio.work()
        var told: [String] = []
        while told.count < 2 { told += [try await listener.until(.quotaReached).last?.payload ?? ""] }
        #expect(told[0].contains(#""percent":80"#) && told[1].contains(#""percent":100"#))
        #expect(told.allSatisfy { $0.contains(#""unit":"uploads""#) })
    }

    @Test func `what is paid for is told when it changes`() async throws {
        let shop = try await Shop()
        var listener = try Listener(shop.useCases.events, shop.customer, after: 0)
        let checkout = try await shop.checkout()
        _ = try await shop.payments.complete(checkout: checkout.id)
        let heard = try await listener.until(.subscriptionChanged)
        #expect(heard.last?.payload == #"{"cancel_at_period_end":false,"status":"trialing"}"#)
    }

    @Test func `what is undone is not told`() async throws {
        let studio = try await Studio(Plan(uploadsPerMonth: 1))
        let user = try await studio.register()
        try await studio.upload(for: user.id)
        #expect(await refusal { try await studio.upload(for: user.id) } == "quotaExceeded")
        #expect(
            try await studio.count("SELECT COUNT(*) AS n FROM events WHERE kind = 'job.pending'") == 1)
    }

    @Test func `who asks for more than is kept is told to read anew, and goes on from there`() async throws {
        let studio = try await Studio()
        let user = try await studio.register()
        try await studio.upload(for: user.id)
        try await studio.work()
        studio.clock.advance(by: Events.memory + .seconds(1))
        try await studio.useCases.upkeep.run(.events)
        #expect(try await studio.count("SELECT COUNT(*) AS n FROM events") == 0)
        let caller = try await studio.signIn()
        var listeners: [Listener] = []
        for number in [1, 1_000_000, .max] as [Int64] {
            var listener = try Listener(studio.useCases.events, caller, after: number)
            let (hello, reset) = (try await listener.next(), try await listener.next())
            #expect(hello?.kind == "hello" && hello?.number == 6)
            #expect(reset == AccountFeed.Item(number: 6, kind: "reset", payload: #"{"latest":6}"#))
            listeners.append(listener)
        }
        try await studio.upload(for: user.id)
        for var listener in listeners {
            let item = try await listener.next()
            #expect(item?.kind == "job.pending" && item?.number == 7)
        }
    }

    @Test func `more than one batch that was missed is told without loss`() async throws {
        let studio = try await Studio()
        let user = try await studio.register()
        for _ in 1...150 { try await studio.upload(for: user.id) }
        var listener = try Listener(studio.useCases.events, try await studio.signIn(), after: 20)
        #expect(try await listener.next()?.payload == #"{"latest":150}"#)
        for number in 21...150 as ClosedRange<Int64> { #expect(try await listener.next()?.number == number) }
    }

    @Test func `silence is told too`() async throws {
        let studio = try await Studio(pace: EventPace(check: .milliseconds(10), heartbeat: .milliseconds(20)))
        try await studio.register()
        var feed = try studio.useCases.events.feed(for: try await studio.signIn()).makeAsyncIterator()
        #expect(try await feed.next()?.map(\.kind) == ["hello"])
        for _ in 1...3 { #expect(try await feed.next() == []) }
    }

    @Test func `ten feeds an account, and another when one is left`() async throws {
        let studio = try await Studio()
        try await studio.register()
        try await studio.register("eve@example.com")
        let (caller, other) = (try await studio.signIn(), try await studio.signIn("eve@example.com"))
        let events = studio.useCases.events
        // Another session is no way around it.
        let again = try await studio.signIn()
        var feeds = try (1...Events.mostFeeds).map { try events.feed(for: $0.isMultiple(of: 2) ? caller : again) }
        #expect(await refusal { try events.feed(for: caller) } == "rateLimited")
        _ = try events.feed(for: other)
        feeds.removeLast()
        feeds.append(try events.feed(for: again))
        #expect(await refusal { try events.feed(for: again) } == "rateLimited")
        feeds = []
        #expect(events.watch.count == 0)
    }

    @Test(arguments: ["sign-out", "key", "disabled", "deleted"])
    func `a feed ends with what it was asked for by`(_ way: String) async throws {
        let studio = try await Studio(pace: EventPace(look: .milliseconds(10), check: .milliseconds(10)))
        let user = try await studio.register()
        let session = try await studio.signIn()
        let cases = studio.useCases
        let secret = try await cases.accountOperation.makeKey(
            for: "ada@example.com", name: "laptop", scopes: nil, life: nil)
        let key = try await cases.signIn.authenticate(Credentials(apiKey: secret.text))
        var listener = try Listener(cases.events, way == "key" ? key : session)
        #expect(try await listener.next()?.kind == "hello")
        switch way {
        case "sign-out": try await cases.signIn.signOut(session, from: .test)
        case "key":
            _ = try await cases.programKeys.revoke(try #require(key.apiKey), of: session, from: .test)
        case "disabled":
            let admin = try await cases.accountOperation.create(
                email: "root@example.com", name: nil, role: .admin, password: nil)
            _ = try await cases.administration.change(
                user.id, role: nil, isDisabled: true, by: .signedIn(admin.id, as: .admin), from: .test)
        default: _ = try await cases.accounts.delete(session, password: Studio.password, from: .test)
        }
        await #expect(throws: ServiceError.self) { while try await listener.next() != nil {} }
    }

    @Test func `nothing is left of what was told to an account that is deleted`() async throws {
        let studio = try await Studio()
        let user = try await studio.register()
        try await studio.upload(for: user.id)
        try await studio.upload()
        try await studio.work()
        _ = try await studio.useCases.accounts.delete(
            try await studio.signIn(), password: Studio.password, from: .test)
        try await studio.work()
        try await studio.work()
        let topic = Topic.user(user.id).text
        #expect(try await studio.count("SELECT COUNT(*) AS n FROM events WHERE topic = \(topic)") == 0)
        #expect(try await studio.count("SELECT COUNT(*) AS n FROM event_topics WHERE topic = \(topic)") == 0)
        #expect(try await studio.count("SELECT COUNT(*) AS n FROM events") > 0)
    }
}
