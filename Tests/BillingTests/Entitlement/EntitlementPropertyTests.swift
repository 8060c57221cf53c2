import Storage
import StorageTestKit
import Testing

@testable import Billing

@Suite struct EntitlementPropertyTests {
    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func `nothing changes before the moment that was foretold, and nothing at all where none was`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<20 {
            let shop = try PlanBook.shop(policy: .random(using: &random))
            let (assigned, subscription) = (AssignedPlan?.random(using: &random), Subscription.random(using: &random))
            func entitlement(_ now: Timestamp) -> Entitlement {
                shop.entitlement(assigned: assigned, subscription: subscription, at: now)
            }
            let now = Timestamp.near(today, using: &random)
            let present = entitlement(now)
            let end = present.changesAt ?? now + .days(2_000)
            #expect(now < end)
            let length = max(1, (end - now).components.seconds * 1_000)
            var later = (0..<20).map { _ in now + .milliseconds(Int64.random(in: 0..<length, using: &random)) }
            // The moments at which something would change if it were forgotten.
            later += subscription.edges(shop.policy).flatMap { [$0 - .moment, $0] } + [end - .moment]
            for moment in later where now <= moment && moment < end {
                #expect(entitlement(moment) == present, "seed \(seed): at \(moment), foretold \(end)")
            }
            if present.changesAt != nil { #expect(entitlement(end).withoutOutlook != present.withoutOutlook) }
        }
    }

    @Test(arguments: 1...100 as ClosedRange<UInt64>)
    func `left alone, everything ends at the assigned or the default plan in a few steps`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let shop = try PlanBook.shop(policy: .random(using: &random))
        let (assigned, subscription) = (AssignedPlan?.random(using: &random), Subscription.random(using: &random))
        var (now, steps) = (today - .days(2_000), 0)
        while let next = shop.entitlement(assigned: assigned, subscription: subscription, at: now).changesAt {
            #expect(next > now)
            (now, steps) = (next, steps + 1)
            guard steps < 10 else { break }
        }
        #expect(steps <= 3)
        let last = shop.entitlement(assigned: assigned, subscription: subscription, at: now)
        let isEndless =
            subscription.status == .active && subscription.period == nil
            || subscription.status == .trialing && subscription.period == nil && subscription.trialEndsAt == nil
        #expect(last.ground == .assigned || isEndless)
    }
}

extension Entitlement {
    fileprivate var withoutOutlook: Entitlement {
        Entitlement(plan, named: planName, version: planVersion, ground: ground, period: period)
    }
}

extension SubscriptionPolicy {
    fileprivate static func random(using random: inout SplitMix64) -> SubscriptionPolicy {
        SubscriptionPolicy(
            pastDueGraceDays: [0, 1, 7, 40].randomElement(using: &random) ?? 7,
            lateNewsDays: [0, 1, 3, 40].randomElement(using: &random) ?? 3,
            afterLapse: AfterLapse.allCases.randomElement(using: &random) ?? .assignedPlan)
    }
}

extension AssignedPlan? {
    fileprivate static func random(using random: inout SplitMix64) -> AssignedPlan? {
        guard Int.random(in: 0..<4, using: &random) > 0 else { return nil }
        return AssignedPlan(
            ["free", "pro", "studio", "gold"].randomElement(using: &random) ?? "free",
            version: Int.random(in: 1...3, using: &random), since: today, isFixed: .random(using: &random))
    }
}

extension Subscription {
    fileprivate static func random(using random: inout SplitMix64) -> Subscription {
        func maybe<Value>(_ make: (inout SplitMix64) -> Value?) -> Value? {
            Bool.random(using: &random) ? make(&random) : nil
        }
        func price(_ random: inout SplitMix64) -> String {
            [
                "pro-month-1", "pro-month-2", "pro-year-2", "studio-month-1", "room-month-1", "uploads-month-1", "gone",
            ].randomElement(using: &random) ?? "gone"
        }
        let period = maybe { random in
            BillingPeriod(start: .near(today, using: &random), end: .near(today + .days(30), using: &random))
        }
        let items = (0..<Int.random(in: 0...3, using: &random)).map { _ in
            Item(price(&random), Int.random(in: -1...5, using: &random))
        }
        return subscribed(
            SubscriptionStatus.allCases.randomElement(using: &random) ?? .active, items, period,
            trialEndsAt: maybe { .near(today, using: &$0) }, cancels: .random(using: &random),
            retained: maybe { Retained(price(&$0), until: .near(today, using: &$0)) },
            pastDueSince: maybe { .near(today, using: &$0) })
    }

    /// Every time in it, and those that a policy makes of it.
    fileprivate func edges(_ policy: SubscriptionPolicy) -> [Timestamp] {
        let times = [period?.start, period?.end, trialEndsAt, retained?.until, pastDueSince, createdAt].compactMap {
            $0
        }
        return times + times.map { $0 + policy.leeway } + times.map { $0 + policy.grace }
    }
}

extension Timestamp {
    /// Often at the same moments, so that edges meet.
    fileprivate static func near(_ moment: Timestamp, using random: inout SplitMix64) -> Timestamp {
        let day = moment + .days(Int.random(in: -60...60, using: &random))
        return Bool.random(using: &random) ? day : day + .milliseconds(Int.random(in: 0..<86_400_000, using: &random))
    }
}
