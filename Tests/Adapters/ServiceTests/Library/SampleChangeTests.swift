import AudioCore
import Auth
import Billing
import Jobs
import SampleLibrary
import Storage
import Testing

@testable import WaxwingService

@Suite struct SampleChangeTests {
    @Test func `a change is made whole or not at all`() async throws {
        let studio = try await Studio()
        let sample = try await studio.sample().sample
        let library = studio.useCases.library
        var change = SampleChange()
        (change.filename, change.tags) = ("Dusty.wav", ["Soul", "soul", "wet"])
        (change.bpm, change.key, change.role) = (.set(87.5), .set("a minor"), .set("bass"))
        let changed = try await library.change(sample.id, change, of: studio.caller)
        let told = changed.summary
        #expect(told.sample.filename == "Dusty.wav" && told.tags.map(\.text) == ["soul", "wet"])
        #expect(told.bpm == 87.5 && told.key == Key(.a, .minor) && told.role == .bass)
        #expect(try await library.sample(sample.id, of: studio.caller).features.bpm == nil)
        for spoil in [
            { $0.filename = "" }, { $0.filename = "a/b.wav" }, { $0.filename = "a\u{0}b" }, { $0.filename = " a" },
            { $0.filename = String(repeating: "x", count: 256) }, { $0.tags = ["a\u{0}"] }, { $0.tags = [""] },
            { $0.tags = (0...50).map(String.init) }, { $0.bpm = .set(19) }, { $0.bpm = .set(.nan) },
            { $0.bpm = .set(.infinity) }, { $0.key = .set("H minor") }, { $0.key = .set("") }, { $0.role = .set("x") },
            { $0.kind = .set("' OR 1=1 --") },
        ] as [(inout SampleChange) -> Void] {
            var bad = SampleChange()
            (bad.filename, bad.bpm) = ("other.wav", .none)
            spoil(&bad)
            #expect(
                await refusal { try await library.change(sample.id, bad, of: studio.caller) } == "invalid", "\(bad)")
        }
        #expect(try await library.details(of: sample.id, of: studio.caller) == changed)
        var back = SampleChange()
        (back.bpm, back.key) = (.none, .none)
        let restored = try await library.change(sample.id, back, of: studio.caller)
        #expect(restored.summary.bpm == nil && restored.summary.sample.corrections == SampleCorrections(role: .bass))
    }

    @Test func `another's sample is as good as none, in every use case`() async throws {
        let studio = try await Studio()
        let (mine, other) = (try await studio.sample().sample.id, Principal.signedIn(.random()))
        let cases = studio.useCases
        let upload = try await studio.upload()
        let calls: [(String, () async throws -> Void)] = [
            ("details", { _ = try await cases.library.details(of: mine, of: other) }),
            ("change", { _ = try await cases.library.change(mine, SampleChange(), of: other) }),
            ("similar", { _ = try await cases.library.similar(to: mine, of: other) }),
            ("matches", { _ = try await cases.library.matches(for: mine, of: other) }),
            ("analyze", { _ = try await cases.sampleWork.analyze(mine, of: other) }),
            ("level", { _ = try await cases.sampleWork.level(mine, Leveling(), of: other) }),
            ("draw", { _ = try await cases.pictures.picture(.outline(.json, points: 8), of: mine, for: other) }),
            ("retry", { _ = try await cases.jobs.retry(upload.job, of: other) }),
            ("cancel", { _ = try await cases.jobs.cancel(upload.job, of: other) }),
            ("file", { _ = try await cases.jobs.file(of: upload.job, for: other) }),
        ]
        for (name, call) in calls { #expect(await refusal(call) == "notFound", "\(name)") }
        for action in SampleBatch.Action.allCases {
            let batch = try SampleBatch(
                action: action.rawValue, ids: [mine.text], tags: action == .tag || action == .untag ? ["x"] : nil)
            #expect(try await cases.sampleWork.change(batch, of: other).map(\.result) == [.notFound], "\(action)")
        }
        #expect(try await cases.library.search(SampleQuery(), of: other).items.isEmpty)
        #expect(
            try await cases.library.search(SampleQuery(), of: studio.caller).items.map(\.summary.sample.id) == [mine])
        #expect(try await studio.report(upload).status == .pending)
    }

    @Test func `many samples are changed at once, and what is not there holds nothing up`() async throws {
        let studio = try await Studio()
        let ids = [try await studio.sample().sample.id, try await studio.sample().sample.id].map(\.text)
        let (work, caller, stranger) = (studio.useCases.sampleWork, studio.caller, SampleID.random().text)
        func change(_ action: String, _ tags: [String]? = nil) async throws -> [SampleOutcome.Result] {
            let batch = try SampleBatch(action: action, ids: [ids[0], "nothing", stranger, ids[1], ids[0]], tags: tags)
            return try await work.change(batch, of: caller).map(\.result)
        }
        let all: [SampleOutcome.Result] = [.done, .notFound, .notFound, .done]
        #expect(try await change("tag", ["soul", "wet"]) == all)
        #expect(try await change("untag", ["wet"]) == all)
        let counts = try await studio.useCases.library.tags(of: caller, limit: 10).tags
        #expect(counts == [TagCount(tag: try #require(SampleTag("soul")), count: 2)])
        #expect(try await change("hide") == all)
        #expect(try await studio.useCases.library.search(SampleQuery(), of: caller).items.isEmpty)
        #expect(try await change("restore") == all)
        let begun = try await change("analyze")
        guard case .accepted = begun[0], case .accepted = begun[3], begun[1] == .notFound, begun[2] == .notFound else {
            Issue.record("\(begun)")
            return
        }
        #expect(try await change("analyze") == begun, "what is under way is not begun again")
        try await studio.work()
        #expect(try await change("purge") == all)
        try await studio.work()
        #expect(try await studio.traces().samples == 0)
        #expect(try await studio.traces().objects.isEmpty)
        let many = (0...49).map { "t\($0)" }
        let last = try await studio.sample().sample.id.text
        #expect(
            try await work.change(SampleBatch(action: "tag", ids: [last], tags: many), of: caller).map(\.result)
                == [.done])
        let refused = try await work.change(SampleBatch(action: "tag", ids: [last], tags: ["one more"]), of: caller)
        guard case .refused = refused[0].result else {
            Issue.record("\(refused)")
            return
        }
    }

    @Test func `a batch that cannot be is refused before anything is done`() {
        let id = SampleID.random().text
        let bad: [(String, [String], [String]?)] = [
            ("drop", [id], nil), ("hide", [], nil), ("hide", Array(repeating: id, count: 101), nil),
            ("tag", [id], nil), ("tag", [id], []), ("hide", [id], ["x"]), ("tag", [id], ["\u{0}"]),
            ("hide", ["\u{0}"], nil), ("hide", [String(repeating: "x", count: 65)], nil),
        ]
        for (action, ids, tags) in bad {
            #expect(throws: ServiceError.self, "\(action) \(ids.count)") {
                try SampleBatch(action: action, ids: ids, tags: tags)
            }
        }
    }

    @Test func `what is asked for becomes a query, and nothing else does`() throws {
        func query(_ values: [String: String]) throws -> SampleQuery { try SampleQuery { values[$0] } }
        var expected = SampleQuery()
        (expected.text, expected.kinds, expected.roles) = ("kick", [.loop, .song], [.closedHat])
        (expected.tempo, expected.duration) = (80...90, 2...Double.greatestFiniteMagnitude)
        (expected.keys, expected.isHidden) = (Key(.a, .minor).compatible, true)
        (expected.tags, expected.order) = ([try #require(SampleTag("soul"))], SampleOrder(.loudness, .descending))
        let asked = [
            "q": "kick", "kind": "loop,song", "role": "closed-hat", "bpm_min": "80", "bpm_max": "90", "key": "8a",
            "compatible": "true", "duration_min": "2", "tags": "Soul", "hidden": "true", "sort": "-loudness",
        ]
        #expect(try query(asked) == expected)
        #expect(try query([:]) == SampleQuery())
        #expect(try query(["key": "a minor"]).keys == [Key(.a, .minor)])
        #expect(try query(["sort": "newest"]).order == SampleOrder(.added, .descending))
        for bad in [
            ["q": "a\u{0}"], ["q": String(repeating: "x", count: 201)], ["kind": "loop,,nothing"], ["kind": ""],
            ["role": "KICK"], ["bpm_min": "x"], ["bpm_min": "-1"], ["bpm_max": "nan"], ["bpm_max": "inf"],
            ["bpm_min": "9", "bpm_max": "8"], ["duration_min": "1e999"], ["key": "H"], ["compatible": "yes"],
            ["tags": "\u{0}"], ["hidden": "1"], ["sort": "created_at; DROP TABLE samples"], ["sort": "--name"],
            ["sort": ""], ["tags": (0...20).map(String.init).joined(separator: ",")],
        ] {
            #expect(throws: ServiceError.self, "\(bad)") { try query(bad) }
        }
        #expect(throws: ServiceError.self) { try query(["collection": "x"]) }
    }

    @Test func `pages of a search go on, and their cursors are good for it alone`() async throws {
        let studio = try await Studio()
        for _ in 0..<3 { _ = try await studio.sample() }
        let library = studio.useCases.library
        for sort in SampleQuery.sorts.flatMap({ [$0, "-" + $0] }) {
            let query = try SampleQuery { $0 == "sort" ? sort : nil }
            var (seen, cursor) = ([SampleID](), String?.none)
            repeat {
                let page = try await library.search(query, of: studio.caller, limit: 1, cursor: cursor)
                seen += page.items.map(\.summary.sample.id)
                cursor = page.cursor
            } while cursor != nil
            #expect(seen.count == 3 && Set(seen).count == 3, "\(sort)")
        }
        let cursor = try #require(try await library.search(SampleQuery(), of: studio.caller, limit: 1).cursor)
        var other = SampleQuery()
        other.text = "x"
        #expect(await refusal { try await library.search(other, of: studio.caller, cursor: cursor) } == "invalid")
        #expect(
            await refusal { try await library.search(SampleQuery(), of: .signedIn(.random()), cursor: cursor) }
                == "invalid")
        other = SampleQuery()
        other.collection = .random()
        #expect(await refusal { try await library.search(other, of: studio.caller) } == "notFound")
    }
}
