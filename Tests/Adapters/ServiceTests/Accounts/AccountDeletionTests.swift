import AudioCore
import Auth
import Billing
import Jobs
import SampleLibrary
import Storage
import StorageTestKit
import Testing

@testable import WaxwingService

@Suite struct AccountDeletionTests {
    @Test func `an account goes with all that it had, and what adds up for the operator stays`() async throws {
        let studio = try await Studio(Plan(delaySeconds: 3600))
        let user = try await studio.register()
        let caller = try await studio.signIn()
        let (cases, database) = (studio.useCases, studio.database)
        for _ in 1...3 { try await studio.upload(for: user.id) }
        let bystander = try await studio.upload()
        studio.clock.advance(by: .seconds(3600))
        try await studio.work()
        let waiting = try await studio.upload(for: user.id)
        _ = try await database.write { session in
            _ = try KitCatalog().create(
                Kit(name: "mine", bpm: 120, pads: []), of: user.id, at: studio.clock.now(), in: session)
            try UsageLog(clock: studio.clock).record(
                .analysis, amount: 3, cost: MicroUSD(45), for: user.id, job: nil, in: session)
        }
        let secret = try await cases.accountOperation.makeKey(
            for: "ada@example.com", name: "laptop", scopes: nil, life: nil)

        #expect(
            await refusal { try await cases.accounts.delete(caller, password: "wrong horse", from: .test) }
                == "unauthorized")
        #expect(await refusal { try await cases.accounts.delete(caller, password: nil, from: .test) } == "invalid")
        let report = try await cases.accounts.delete(caller, password: Studio.password, from: .test)
        #expect(report.removed.apiKeys == 1 && report.removed.sessions == 1)
        #expect(report.underWay.samples == 3 && report.underWay.kits == 1)
        #expect(
            await refusal { try await cases.signIn.authenticate(Credentials(apiKey: secret.text)) } == "unauthorized")
        #expect(
            await refusal {
                try await cases.signIn.signIn(email: "ada@example.com", password: Studio.password, from: .test)
            } == "unauthorized")

        try await studio.work()
        try await studio.work()
        for table in ["users", "sessions", "api_keys"] as [SQL] {
            #expect(try await studio.count("SELECT COUNT(*) AS n FROM \(table)") == 0)
        }
        for table in ["samples", "sample_facets", "kits", "upload_sessions"] as [SQL] {
            #expect(try await studio.count("SELECT COUNT(*) AS n FROM \(table) WHERE owner = \(user.id)") == 0)
        }
        // The bystander's.
        #expect(try await studio.count("SELECT COUNT(*) AS n FROM audio_features") == 1)
        #expect(try await studio.count("SELECT COUNT(*) AS n FROM jobs WHERE owner = \(user.id)") == 0)
        #expect(try await studio.count("SELECT COUNT(*) AS n FROM account_plans WHERE account = \(user.id)") == 0)
        #expect(try await studio.count("SELECT COUNT(*) AS n FROM usage_entries WHERE account = \(user.id)") == 4)
        let balances = try await database.read {
            try QuotaLedger(clock: studio.clock).balances(of: user.id, under: Entitlement(Plan()), in: $0)
        }
        #expect(balances.first { $0.unit == .storageBytes }?.used == 0)
        #expect(balances.allSatisfy { $0.held == 0 })
        #expect(balances.first { $0.unit == .uploads }?.used == 3)
        let keys = try await studio.objects.list(prefix: "", after: nil, limit: 100).objects.map(\.key.text)
        #expect(keys.count == 1 && keys.allSatisfy { $0.contains(studio.account.text) })
        #expect(try await studio.report(bystander).status == .completed)
        #expect(await refusal { try await cases.jobs.job(waiting.job, of: .signedIn(user.id)) } == "notFound")

        // What stays in the audit log tells nothing of the person.
        #expect(
            try await studio.count(
                "SELECT COUNT(*) AS n FROM audit_log WHERE subject_id = \(user.id) AND (address IS NOT NULL OR device IS NOT NULL)"
            ) == 0)
        #expect(
            try await studio.count("SELECT COUNT(*) AS n FROM audit_log WHERE action = 'account.deleted'") == 1)
        // The address is free again, for an account that has nothing of the old one.
        let again = try await studio.register()
        #expect(again.id != user.id)
        let samples = try await cases.library.samples(of: .signedIn(again.id), PageRequest())
        #expect(samples.items.isEmpty)
    }

    @Test func `an upload that was on its way when the account went is waited for, and goes too`() async throws {
        let studio = try await Studio()
        let user = try await studio.register()
        let caller = try await studio.signIn()
        let entitlement = Entitlement(Plan())
        let upload = Upload(account: user.id, entitlement: entitlement)
        let ledger = QuotaLedger(clock: studio.clock)
        _ = try await studio.database.write { session in
            try ledger.reserve(
                upload.hold, [(.uploads, 1), (.storageBytes, 10)], for: user.id, under: entitlement,
                expiresIn: Uploads.holdLife,
                in: session)
        }
        let report = try await studio.useCases.accounts.delete(caller, password: Studio.password, from: .test)
        try await studio.work()
        let job = try #require(
            try await studio.database.read { try studio.useCases.uploads.queue.find(report.job, in: $0) })
        #expect(job.completedAt == nil && job.error == "an upload is still on its way")
        _ = try await studio.database.write { try ledger.release(upload.hold, in: $0) }
        studio.clock.advance(by: .seconds(600))
        try await studio.work()
        let after = try await studio.database.read { try studio.useCases.uploads.queue.find(report.job, in: $0) }
        #expect(after?.course.state.status == .completed)
    }

    @Test func `credentials without a session end no account, and change no password`() async throws {
        let studio = try await Studio()
        let user = try await studio.register()
        let accounts = studio.useCases.accounts
        let key = Principal.program(of: user.id)
        #expect(await refusal { try await accounts.delete(key, password: Studio.password, from: .test) } == "forbidden")
        #expect(
            await refusal {
                try await accounts.changePassword(of: key, from: Studio.password, to: "another one 77", at: .test)
            } == "forbidden")
    }

    @Test func `a changed password ends all sessions but the one that asked, which has a new name`() async throws {
        let studio = try await Studio()
        try await studio.register()
        let (asking, other) = (try await studio.signIn(), try await studio.signIn())
        let changed = try await studio.useCases.accounts.changePassword(
            of: asking, from: Studio.password, to: "another one 77", at: .test)
        #expect(changed.session.id != asking.session)
        let live = try await studio.useCases.signIn.sessions(of: asking)
        #expect(live.map(\.id) == [changed.session.id])
        #expect(other.session != asking.session)
        let pair = try await studio.useCases.signIn.tokens(for: changed)
        #expect(
            try await studio.useCases.signIn.authenticate(Credentials(bearerToken: pair.access)).user == asking.user)
    }
}
