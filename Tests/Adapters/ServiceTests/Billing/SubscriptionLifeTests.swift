import Auth
import Billing
import SampleLibrary
import Storage
import StorageTestKit
import Testing

@testable import WaxwingService

@Suite struct SubscriptionLifeTests {
    /// More than the free plan takes at once, and no more than pro does.
    private let large = MadeAudio.wav(bytes: 120_000)

    /// What the three ways in say to a large file.
    private func largeFile(_ kiosk: Kiosk) async throws -> [String?] {
        let cases = kiosk.studio.useCases
        let linked = try #require(cases.linkedUploads)
        return [
            await refusal { try await kiosk.studio.upload(large, size: large.count) },
            await refusal {
                let upload = try await linked.begin(
                    named: "a.wav", size: large.count, contentType: "audio/wav", inParts: false, for: kiosk.caller)
                try await linked.cancel(upload.session.id, for: kiosk.caller)
            },
            await refusal {
                try await cases.processing.process(
                    .chunks(large, of: 5_000), named: "a.wav", for: kiosk.caller)
            },
        ]
    }

    private let taken: [String?] = [nil, nil, nil]
    private let refused: [String?] = ["tooLarge", "tooLarge", "tooLarge"]

    @Test func `sizes, lanes and times follow each step of a subscription`() async throws {
        let kiosk = try await Kiosk()
        #expect(try await kiosk.standing() == Standing("free", .assigned, nil))
        #expect(try await largeFile(kiosk) == refused)
        let small = try await kiosk.studio.upload()
        #expect(try await kiosk.lane(of: small) == "free")
        #expect(small.estimatedCompletion == kiosk.clock.now() + .seconds(64_800))

        let id = try await kiosk.subscribe(to: "pro")
        #expect(try await kiosk.standing() == Standing("pro", .trial, .trialing))
        #expect(try await largeFile(kiosk) == taken)
        let paid = try await kiosk.studio.upload()
        #expect(try await kiosk.lane(of: paid) == "pro")
        #expect(paid.estimatedCompletion == kiosk.clock.now() + .seconds(300))

        try await kiosk.wait(.days(14), for: id)
        #expect(try await kiosk.standing() == Standing("pro", .subscription, .active))
        _ = try await kiosk.payments.failPayment(id)
        #expect(try await kiosk.standing() == Standing("pro", .grace, .pastDue))
        #expect(try await largeFile(kiosk) == taken)
        // A week of grace, to the second in which it fell behind.
        kiosk.clock.advance(by: .days(7))
        kiosk.clock.advance(by: .milliseconds(1_000))
        #expect(try await kiosk.standing() == Standing("free", .assigned, .pastDue))
        #expect(try await largeFile(kiosk) == refused)
        _ = try await kiosk.payments.pay(id)
        #expect(try await kiosk.standing().plan == "pro")

        _ = try await kiosk.payments.failPayment(id)
        _ = try await kiosk.payments.failPayment(id)
        #expect(try await kiosk.standing() == Standing("free", .assigned, .unpaid))
        #expect(try await largeFile(kiosk) == refused)
        _ = try await kiosk.payments.pay(id)
        try await kiosk.cancel(atPeriodEnd: false)
        #expect(try await kiosk.standing() == Standing("free", .assigned, .canceled))
        #expect(try await largeFile(kiosk) == refused)
    }

    @Test func `a cancelled one goes on until what is paid for ends, and not longer for want of news`() async throws {
        let kiosk = try await Kiosk()
        let id = try await kiosk.subscribe(to: "max")
        let end = try #require(try await kiosk.cancel().subscription?.period?.end)
        kiosk.clock.turn(to: end - .milliseconds(1))
        #expect(try await kiosk.standing() == Standing("max", .subscription, .active))
        kiosk.clock.advance(by: .milliseconds(1))
        #expect(try await kiosk.standing() == Standing("free", .assigned, .active))
        try await kiosk.wait(.zero, for: id)
        #expect(try await kiosk.standing() == Standing("free", .assigned, .canceled))
    }

    @Test func `what is larger than the smaller plan stays, and does not grow`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.subscribe(to: "max")
        for _ in 1...3 { try await kiosk.studio.upload(large) }
        try await kiosk.studio.work()
        try await kiosk.cancel(atPeriodEnd: false)
        #expect(try await kiosk.standing().plan == "free")
        let samples = try await kiosk.studio.useCases.library.samples(of: kiosk.caller, PageRequest()).items
        #expect(samples.count == 3)
        for item in samples {
            let (_, download) = try await kiosk.studio.useCases.library.audio(
                item.sample.id, of: kiosk.caller, range: nil)
            #expect(try await download.bytes() == large)
        }
        #expect(await refusal { try await kiosk.studio.upload() } == "quotaExceeded")
        // Still above it.
        for item in samples.prefix(2) {
            try await kiosk.studio.useCases.library.purge(item.sample.id, of: kiosk.caller)
        }
        #expect(await refusal { try await kiosk.studio.upload() } == "quotaExceeded")
        try await kiosk.studio.useCases.library.purge(samples[2].sample.id, of: kiosk.caller)
        #expect(await refusal { try await kiosk.studio.upload() } == nil)
        await kiosk.studio.useCases.upkeep.once()
        #expect(try await kiosk.studio.useCases.library.samples(of: kiosk.caller, PageRequest()).items.isEmpty)
    }

    @Test func `counts go on across plans of one month: what was used of the smaller one is used of the larger`()
        async throws
    {
        let kiosk = try await Kiosk()
        for _ in 1...2 { try await kiosk.studio.upload(MadeAudio.wav(bytes: 10_000)) }
        let before = try await kiosk.subscriptions.overview(of: kiosk.caller).balances
        try await kiosk.subscribe(to: "pro")
        let after = try await kiosk.subscriptions.overview(of: kiosk.caller).balances
        #expect(before.first { $0.unit == .uploads }?.held == 2)
        #expect(after.first { $0.unit == .uploads }?.held == 2)
        try await kiosk.studio.work()
        #expect(
            try await kiosk.subscriptions.overview(of: kiosk.caller).balances.first { $0.unit == .uploads }?.used == 2)
    }

    @Test func `an upload that runs while the plan grows ends under what it began with; the next has the new one`()
        async throws
    {
        let kiosk = try await Kiosk()
        let running = await refusal {
            try await kiosk.studio.upload(
                .chunks(large, of: 5_000) { if $0 == 3 { try await kiosk.subscribe(to: "pro") } })
        }
        #expect(running == "tooLarge")
        #expect(try await kiosk.standing().plan == "pro")
        #expect(try await kiosk.studio.traces() == .none)
        #expect(await refusal { try await kiosk.studio.upload(large) } == nil)

        let other = try await Kiosk()
        try await other.studio.upload(
            .chunks(MadeAudio.wav(bytes: 40_000), of: 5_000) { if $0 == 3 { try await other.subscribe(to: "pro") } })
        try await other.studio.work()
        #expect(try await other.studio.traces().balances == [.uploads: [1, 0], .storageBytes: [40_000, 0]])
    }

    @Test func `an upload that runs while the plan shrinks ends under what it began with`() async throws {
        let kiosk = try await Kiosk()
        try await kiosk.subscribe(to: "max")
        try await kiosk.studio.upload(
            .chunks(large, of: 5_000) { if $0 == 3 { try await kiosk.cancel(atPeriodEnd: false) } })
        try await kiosk.studio.work()
        #expect(try await kiosk.standing().plan == "free")
        #expect(try await kiosk.studio.traces().balances[.storageBytes] == [large.count, 0])
        #expect(await refusal { try await kiosk.studio.upload(large, size: large.count) } == "tooLarge")
    }

    @Test func `a first payment that fails opens nothing, and expires`() async throws {
        let kiosk = try await Kiosk()
        let id = try await kiosk.subscribe(to: "max", paying: false)
        #expect(try await kiosk.standing() == Standing("free", .assigned, .incomplete))
        // It can be begun anew: the unpaid one is in nobody's way.
        _ = try await kiosk.checkout("max")
        try await kiosk.wait(.days(1), for: id)
        #expect(try await kiosk.standing() == Standing("free", .assigned, .incompleteExpired))
        #expect(await refusal { try await kiosk.cancel() } == "conflict")
    }

    @Test func `a plan that the operator fixed stays, whatever is paid for`() async throws {
        let kiosk = try await Kiosk()
        let user = try await kiosk.studio.register()
        let caller = Principal.signedIn(user.id)
        try await kiosk.studio.useCases.billingOperation.assign("lite", to: "ada@example.com", stays: true)
        try await kiosk.subscribe(to: "max", as: caller)
        #expect(try await kiosk.standing(of: caller) == Standing("lite", .assigned, .active))
        try await kiosk.studio.useCases.billingOperation.assign("lite", to: "ada@example.com", stays: false)
        #expect(try await kiosk.standing(of: caller).plan == "max")
    }
}
