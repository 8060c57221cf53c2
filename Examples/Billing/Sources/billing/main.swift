// Plans, a quota and a subscription on a database in memory: `swift run --package-path Examples/Billing billing`.
import Billing
import Storage
import StorageSQLite

let clock = SystemClock()
let database = try SQLiteDatabase.inMemory()
try await database.migrate([BillingSchema.migrations], at: clock.now())

// Plans are data: from a file (`PlanBook(json:)`), or like this.
guard let price = PriceName("pro-month-1") else { throw PaymentError.notFound }
let plans = try PlanBook(
    defaultPlan: "free",
    plans: ["free": Plan(uploadsPerMonth: 2), "pro": Plan(uploadsPerMonth: 100, prices: [PlanPrice(price, 999)])])
let entitlements = Entitlements(plans: plans, clock: clock)
let ledger = QuotaLedger(clock: clock)
let ada = AccountID.random()

/// One upload: held while the work is under way, used when it is done.
@Sendable func upload(_ hold: HoldID, in session: any WriteSession) throws {
    let entitlement = try entitlements.find(ada, in: session)
    try ledger.reserve(hold, [(.uploads, 1)], for: ada, under: entitlement, expiresIn: .seconds(900), in: session)
}

@MainActor func show() async throws {
    let (entitlement, balances) = try await database.read { session in
        let entitlement = try entitlements.find(ada, in: session)
        return (entitlement, try ledger.balances(of: ada, under: entitlement, in: session))
    }
    for balance in balances where balance.unit == .uploads {
        let limit = balance.limit.map { "\($0)" } ?? "any number"
        print("\(entitlement.planName): \(balance.used) used, \(balance.held) held of \(limit)")
    }
}

let (done, given) = (HoldID.random(), HoldID.random())
try await database.write { session in
    try upload(done, in: session)
    try upload(given, in: session)
}
try await database.write { try ledger.commit(done, in: $0) }
try await show()

// An HTTP service answers 429.
do {
    try await database.write { try upload(.random(), in: $0) }
} catch let error as QuotaExceeded {
    print("refused: \(error.taken) of \(error.limit) are taken, \(error.requested) more asked for")
}
try await database.write { try ledger.release(given, in: $0) }

// A provider without money; `StripePayments` in `WaxwingProviders` is the one with.
let payments = DevelopmentPayments(database, baseURL: "http://127.0.0.1:8080", clock: clock)
_ = try await payments.publish(plans.offers)
let customer = try await payments.createCustomer(
    NewCustomer(account: ada, email: "ada@example.com"), once: RequestKey("customer", ada.text))
let checkout = try await payments.startCheckout(
    NewCheckout(
        account: ada, customer: customer, items: [.init(price: price)], successURL: "http://127.0.0.1:8080/billing",
        cancelURL: "http://127.0.0.1:8080/billing"), once: RequestKey("checkout", ada.text))
let subscription = try await payments.complete(checkout: checkout.id)
print("subscribed: \(subscription.status.rawValue)")
try await show()

_ = try await payments.expire(subscription.id)
print("ended")
try await show()

let audit = try await database.read { try ledger.verify(in: $0) }
print("\(audit.entries) entries of the ledger: \(audit.isClean ? "they add up" : "they do not add up")")
