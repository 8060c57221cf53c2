import Billing
import Foundation
import SeededRandom
import Storage

/// Histories of subscriptions and the order in which they are told: the same in each process.
struct Round: Sendable {
    static let (couriers, eventsEach) = (8, 20)

    let deliveries: Int
    let subscriptions: Int
    /// Numbers of events, in the order of delivery.
    let order: [Int]

    init(deliveries: Int) {
        subscriptions = max(1, deliveries / (2 * Self.eventsEach))
        self.deliveries = 2 * subscriptions * Self.eventsEach
        var random = SplitMix64(seed: 11)
        let events = subscriptions * Self.eventsEach
        // Each once, and as many once more, by chance.
        order = (Array(0..<events) + (0..<events).map { _ in Int.random(in: 0..<events, using: &random) })
            .shuffled(using: &random)
    }

    var events: Int { subscriptions * Self.eventsEach }

    /// What the courier at a place takes.
    func deliveries(of place: Int) -> [Int] {
        stride(from: place, to: order.count, by: Self.couriers).map { order[$0] }
    }

    /// The pictures of one subscription, by time: a walk through the machine.
    func history(of subscription: Int) -> [(picture: Subscription, at: Timestamp)] {
        var random = SplitMix64(seed: UInt64(subscription) + 1)
        var (status, second): (SubscriptionStatus?, Int64) = (nil, 1_700_000_000)
        return (0..<Self.eventsEach).map { number in
            let next = SubscriptionStatus.allCases.filter { next in
                let isLast = number == Self.eventsEach - 1
                return SubscriptionMachine.move(from: status, to: next) == .moves && (isLast || !next.isTerminal)
            }
            if status == nil || Bool.random(using: &random), let new = next.randomElement(using: &random) {
                status = new
            }
            second += .random(in: 1...1_000, using: &random)
            let moment = Timestamp(milliseconds: second * 1_000)
            let picture = Subscription(
                id: name("sub", subscription), customer: name("cus", subscription), account: account(of: subscription),
                status: status ?? .active,
                items: [
                    Subscription.Item(price: name("price", number % 3), quantity: .random(in: 1...9, using: &random))
                ],
                createdAt: Timestamp(milliseconds: 1_700_000_000_000))
            return (picture, moment)
        }
    }

    func event(_ number: Int) -> PaymentEvent {
        let (picture, moment) = history(of: number / Self.eventsEach)[number % Self.eventsEach]
        return PaymentEvent(
            id: name("evt", number), type: "customer.subscription.updated", createdAt: moment,
            content: .subscription(picture))
    }

    func name<Entity>(_ prefix: String, _ number: Int) -> ProviderReference<Entity> {
        guard let name = ProviderReference<Entity>("\(prefix)_\(number)") else {
            preconditionFailure("a name is a name")
        }
        return name
    }

    func account(of subscription: Int) -> AccountID? {
        let digits = String(subscription)
        return AccountID("00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits)
    }
}
