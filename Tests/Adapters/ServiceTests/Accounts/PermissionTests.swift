import AudioCore
import Auth
import SampleLibrary
import Storage
import Testing

@testable import WaxwingService

@Suite struct PermissionTests {
    @Test(arguments: Permission.allCases)
    func `narrowed credentials are good for their scopes and nothing else`(_ permission: Permission) throws {
        let scope = try #require(Scope(permission.rawValue))
        let narrow = Principal.signedIn(.random(), as: .admin, scopes: .only([scope]))
        for other in Permission.allCases {
            #expect((try? narrow.may(other)) == (other == permission ? narrow.user : nil))
        }
        #expect((try? Principal.signedIn(.random(), as: .admin).may(permission)) != nil)
    }

    @Test(arguments: Auth.Role.allCases)
    func `only administrators look after others`(_ role: Auth.Role) async throws {
        let studio = try await Studio()
        let other = try await studio.register()
        let administration = studio.useCases.administration
        let asking = try await studio.useCases.accountOperation.create(
            email: "asking@example.com", name: nil, role: role, password: nil)
        let caller = Principal.signedIn(asking.id, as: role)
        let expected: String? = role == .admin ? nil : "forbidden"
        #expect(await refusal { try await administration.users(for: caller, PageRequest()) } == expected)
        #expect(await refusal { try await administration.user(other.id, for: caller) } == expected)
        #expect(await refusal { try await administration.audit(of: nil, for: caller, PageRequest()) } == expected)
        #expect(
            await refusal {
                try await administration.change(other.id, role: .service, isDisabled: true, by: caller, from: .test)
            } == expected)
        #expect(
            await refusal { try await administration.invite("eve@example.com", as: .user, by: caller, from: .test) }
                == (role == .admin ? "unavailable" : "forbidden"))
    }

    @Test func `no use case lets credentials through that are good for nothing`() async throws {
        let studio = try await Studio()
        let user = try await studio.register()
        let nobody = Principal.signedIn(user.id, scopes: .only([]))
        let (cases, id) = (studio.useCases, SampleID.random())
        let linked = try #require(cases.linkedUploads)
        let calls: [(String, () async throws -> Void)] = [
            ("samples", { _ = try await cases.library.samples(of: nobody, PageRequest()) }),
            ("sample", { _ = try await cases.library.sample(id, of: nobody) }),
            ("audio", { _ = try await cases.library.audio(id, of: nobody, range: nil) }),
            ("audio info", { _ = try await cases.library.audioInfo(id, of: nobody) }),
            ("link", { _ = try await cases.library.audioLink(to: id, of: nobody) }),
            ("hide", { try await cases.library.hide(id, of: nobody) }),
            ("restore", { _ = try await cases.library.restore(id, of: nobody) }),
            ("purge", { try await cases.library.purge(id, of: nobody) }),
            ("search", { _ = try await cases.library.search(SampleQuery(), of: nobody) }),
            ("counts", { _ = try await cases.library.counts(of: SampleQuery(), of: nobody) }),
            ("details", { _ = try await cases.library.details(of: id, of: nobody) }),
            ("tags", { _ = try await cases.library.tags(of: nobody, limit: 1) }),
            ("similar", { _ = try await cases.library.similar(to: id, of: nobody) }),
            ("matches", { _ = try await cases.library.matches(for: id, of: nobody) }),
            ("change", { _ = try await cases.library.change(id, SampleChange(), of: nobody) }),
            (
                "batch",
                { _ = try await cases.sampleWork.change(SampleBatch(action: "hide", ids: [id.text]), of: nobody) }
            ),
            (
                "analyses",
                { _ = try await cases.sampleWork.change(SampleBatch(action: "analyze", ids: [id.text]), of: nobody) }
            ),
            ("analyze", { _ = try await cases.sampleWork.analyze(id, of: nobody) }),
            ("level", { _ = try await cases.sampleWork.level(id, Leveling(), of: nobody) }),
            ("draw", { _ = try await cases.pictures.picture(.outline(.json, points: 8), of: id, for: nobody) }),
            ("retry", { _ = try await cases.jobs.retry(.random(), of: nobody) }),
            ("stop", { _ = try await cases.jobs.cancel(.random(), of: nobody) }),
            ("file", { _ = try await cases.jobs.file(of: .random(), for: nobody) }),
            ("jobs", { _ = try await cases.jobs.jobs(of: nobody, PageRequest()) }),
            ("events", { _ = try cases.events.feed(for: nobody) }),
            ("pull", { _ = try await cases.sync.pull(since: 0, limit: 1, of: nobody) }),
            ("push", { _ = try await cases.sync.push([.note(1, "x")], from: nil, of: nobody) }),
            ("sync status", { _ = try await cases.sync.status(of: nobody) }),
            ("changes", { _ = try cases.sync.feed(for: nobody, device: nil) }),
            ("enter", { _ = try await cases.rooms.enter(RoomName("tea"), as: nobody) }),
            ("say", { _ = try await cases.rooms.say("x", in: RoomName("tea"), of: nobody) }),
            ("presence", { _ = try await cases.rooms.presence(in: RoomName("tea"), for: nobody) }),
            ("messages", { _ = try await cases.rooms.messages(of: RoomName("tea"), for: nobody, PageRequest()) }),
            ("job", { _ = try await cases.jobs.job(.random(), of: nobody) }),
            (
                "upload",
                { _ = try await cases.uploads.receive(.chunks([0], of: 1), named: nil, expectedSize: 1, for: nobody) }
            ),
            ("process", { _ = try await cases.processing.process(.chunks([0], of: 1), named: nil, for: nobody) }),
            (
                "begin",
                {
                    _ = try await linked.begin(
                        named: "a.wav", size: 1, contentType: "audio/wav", inParts: false, for: nobody)
                }
            ),
            ("resume", { _ = try await linked.resume(.random(), for: nobody) }),
            ("confirm", { _ = try await linked.confirm(.random(), for: nobody) }),
            ("cancel", { try await linked.cancel(.random(), for: nobody) }),
            ("overview", { _ = try await cases.accounts.overview(of: nobody) }),
            ("audit", { _ = try await cases.accounts.audit(of: nobody, PageRequest()) }),
            ("archive", { _ = try cases.accounts.archive(of: nobody) }),
            ("delete", { _ = try await cases.accounts.delete(nobody, password: Studio.password, from: .test) }),
            (
                "password",
                { _ = try await cases.accounts.changePassword(of: nobody, from: Studio.password, to: "x", at: .test) }
            ),
            ("sessions", { _ = try await cases.signIn.sessions(of: nobody) }),
            ("end", { try await cases.signIn.endSession(.random(), of: nobody, from: .test) }),
            ("sign out", { _ = try await cases.signIn.signOutEverywhere(nobody, from: .test) }),
            ("keys", { _ = try await cases.programKeys.list(of: nobody) }),
            (
                "make a key",
                {
                    _ = try await cases.programKeys.create(
                        name: "x", scopes: nil, expiresAt: nil, for: nobody, from: .test)
                }
            ),
            ("revoke", { try await cases.programKeys.revoke(.random(), of: nobody, from: .test) }),
            ("subscription", { _ = try await cases.subscriptions.overview(of: nobody) }),
            ("invoices", { _ = try await cases.subscriptions.invoices(of: nobody, PageRequest()) }),
            ("usage", { _ = try await cases.usage.report(of: nobody, from: nil, through: nil) }),
            (
                "subscribe",
                {
                    _ = try await cases.subscriptions.subscribe(
                        to: PlanWish(plan: "basic", interval: nil, addOns: [:]), comingBackTo: nil, orTo: nil,
                        servedAt: nil, for: nobody, from: .test)
                }
            ),
            (
                "swap",
                {
                    _ = try await cases.subscriptions.change(
                        to: PlanWish(plan: "basic", interval: nil, addOns: [:]), for: nobody, from: .test)
                }
            ),
            (
                "cancel a subscription",
                { _ = try await cases.subscriptions.cancel(atPeriodEnd: true, for: nobody, from: .test) }
            ),
            ("resume a subscription", { _ = try await cases.subscriptions.resume(for: nobody, from: .test) }),
            (
                "portal",
                { _ = try await cases.subscriptions.openPortal(for: nobody, returningTo: nil, servedAt: nil) }
            ),
        ]
        for (name, call) in calls { #expect(await refusal(call) == "forbidden", "\(name)") }
    }

    @Test func `no key is made that is good for more than what it is made with, and none with a key`() async throws {
        let studio = try await Studio()
        let user = try await studio.register()
        let keys = studio.useCases.programKeys
        let narrow = Principal.signedIn(
            user.id, scopes: .only(Set(["account:write", "library:read"].compactMap(Scope.init))))
        #expect(
            await refusal {
                try await keys.create(
                    name: "x", scopes: nil, expiresAt: nil, for: .program(of: user.id), from: .test)
            } == "forbidden")
        func make(_ scopes: [String]?) async -> String? {
            await refusal { try await keys.create(name: "x", scopes: scopes, expiresAt: nil, for: narrow, from: .test) }
        }
        #expect(await make(["library:write"]) == "forbidden")
        #expect(await make(["library:read", "admin"]) == "forbidden")
        #expect(await make(["library"]) == "invalid")
        #expect(await make(["library:read"]) == nil)
        let made = try await keys.create(name: "y", scopes: nil, expiresAt: nil, for: narrow, from: .test)
        #expect(made.key.scopes == narrow.scopes)
        let caller = try await studio.useCases.signIn.authenticate(Credentials(apiKey: made.secret.text))
        #expect(caller.user == user.id && caller.scopes == narrow.scopes)
    }

    @Test func `administrators do not shut themselves out`() async throws {
        let studio = try await Studio()
        let admin = try await studio.useCases.accountOperation.create(
            email: "root@example.com", name: nil, role: .admin, password: Studio.password)
        let caller = try await studio.signIn("root@example.com")
        #expect(caller.role == .admin)
        #expect(
            await refusal {
                try await studio.useCases.administration.change(
                    admin.id, role: .user, isDisabled: nil, by: caller, from: .test)
            } == "conflict")
    }

    @Test func `a disabled account is out with its next request`() async throws {
        let studio = try await Studio()
        let user = try await studio.register()
        let pair = try await studio.useCases.signIn.signIn(
            email: "ada@example.com", password: Studio.password, from: .test)
        let key = try await studio.useCases.accountOperation.makeKey(
            for: "ada@example.com", name: "laptop", scopes: nil, life: nil)
        let ways = [Credentials(bearerToken: pair.access), Credentials(apiKey: key.text)]
        for way in ways { #expect(try await studio.useCases.signIn.authenticate(way).user == user.id) }
        #expect(try await studio.useCases.accountOperation.setDisabled("ada@example.com", to: true))
        for way in ways {
            #expect(await refusal { try await studio.useCases.signIn.authenticate(way) } == "unauthorized")
        }
        #expect(
            await refusal { try await studio.useCases.signIn.refresh(pair.refresh.text, from: .test) } == "unauthorized"
        )
    }
}
