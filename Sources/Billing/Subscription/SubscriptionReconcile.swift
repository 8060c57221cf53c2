import Storage

/// Asks the provider what is true where that is in doubt, and now and then anyway, and puts right what is not.
///
/// What it says is noted as any other picture, with the time it was asked: an event that comes meanwhile is not lost.
public struct SubscriptionReconcile: Sendable {
    /// Does what follows from a repair, in its transaction.
    public typealias Effect = @Sendable (SubscriptionRepair, any WriteSession) throws -> Void

    public struct Settings: Equatable, Sendable {
        /// Customers at a time.
        public var batch = 50
        /// From one look at a customer to the next, where nothing is in doubt.
        public var interval = Duration.seconds(86_400)
        /// The same where something is.
        public var urgentInterval = Duration.seconds(600)
        /// How long after the end of a period its news may come.
        public var patience = Duration.seconds(3_600)
        /// Customers one after the other of whom the provider tells nothing: then it is away, and is asked again the next time.
        public var mostAway = 3

        public init() {}
    }

    let database: any Database
    let provider: any PaymentProvider
    let intake: WebhookIntake
    let clock: any WallClock
    let settings: Settings
    private let effect: Effect

    /// - Parameter intake: of the same provider.
    public init(
        _ intake: WebhookIntake, settings: Settings = Settings(), effect: @escaping Effect = { _, _ in }
    ) {
        (database, provider, clock) = (intake.database, intake.provider, intake.clock)
        (self.intake, self.settings, self.effect) = (intake, settings, effect)
    }

    /// Looks at the customers that most need it. One of whom the provider cannot tell does not keep it from the others.
    public func run() async throws -> ReconcileReport {
        var report = ReconcileReport()
        try await look(at: try await database.read { try customers(in: $0) }, &report)
        return report
    }

    /// Looks at everybody, also those who were looked at just now: for operators who doubt what is here.
    public func runForAll() async throws -> ReconcileReport {
        let before = clock.now() - .milliseconds(1)
        var (report, seen) = (ReconcileReport(), Set<CustomerID>())
        while true {
            let due = try await database.read { try customers(inDoubtSince: before, any: before, in: $0) }
            // None twice, should the clock go back meanwhile.
            let new = due.filter { seen.insert($0).inserted }
            guard !new.isEmpty, try await look(at: new, &report) else { return report }
        }
    }

    /// - Returns: false where it was given up, as the provider is away.
    @discardableResult
    private func look(at customers: [CustomerID], _ report: inout ReconcileReport) async throws -> Bool {
        var away = 0
        for customer in customers {
            try Task.checkCancellation()
            let asked = clock.now()
            do {
                let pictures = try await provider.subscriptions(of: customer)
                away = 0
                let found = try await database.write { try note(pictures, of: customer, asked: asked, in: $0) }
                report.looked += 1
                report.repairs += found.repairs
                report.applied += found.applied
                report.missing += found.missing
            } catch {
                report.failures.append(ReconcileReport.Failure(customer: customer, reason: Self.reason(error)))
                // So that it comes last the next time.
                try await database.write { try mark(customer, at: asked, failure: Self.reason(error), in: $0) }
                // Each attempt takes a minute, and other work waits for this one.
                away = Self.isAway(error) ? away + 1 : 0
                if away >= settings.mostAway { return false }
            }
        }
        return true
    }

    private func note(
        _ pictures: [Subscription], of customer: CustomerID, asked: Timestamp, in session: any WriteSession
    ) throws -> (repairs: [SubscriptionRepair], applied: Int, missing: [SubscriptionID]) {
        var repairs: [SubscriptionRepair] = []
        for picture in pictures where picture.customer == customer {
            let noted = try intake.subscriptions.note(picture, at: asked, from: .asked(asked), in: session)
            guard noted.before != noted.after else { continue }
            let repair = SubscriptionRepair(before: noted.before, after: noted.after)
            try effect(repair, session)
            repairs.append(repair)
        }
        let isKnown = try intake.subscriptions.customers.account(of: customer, in: session) != nil
        let applied = isKnown ? try intake.settleWaiting(of: customer, in: session) : 0
        try mark(customer, at: asked, failure: nil, in: session)
        let known = try session.rows(
            """
            SELECT id FROM subscriptions WHERE customer = \(customer)
                AND status NOT IN (\(list: SubscriptionStatus.allCases.filter(\.isTerminal))) ORDER BY id
            """
        ).map { try $0.get("id", as: SubscriptionID.self) }
        return (repairs, applied, known.filter { id in !pictures.contains { $0.id == id } })
    }

    private func mark(
        _ customer: CustomerID, at moment: Timestamp, failure: String?, in session: any WriteSession
    ) throws(DatabaseError) {
        try session.execute(
            """
            INSERT INTO customer_checks (customer, looked_at, failure) VALUES (\(customer), \(moment), \(failure))
            ON CONFLICT (customer) DO UPDATE SET looked_at = excluded.looked_at, failure = excluded.failure
            """)
    }

    private static func isAway(_ error: any Error) -> Bool {
        switch error {
        case PaymentError.unavailable, PaymentError.unauthorized: true
        default: false
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case PaymentError.notFound: "the provider does not know the customer"
        case PaymentError.unauthorized: "the provider does not know our key"
        case PaymentError.unavailable: "the provider does not answer"
        case PaymentError.unreadable: "what the provider says cannot be read"
        case PaymentError.declined, PaymentError.refused: "the provider refuses"
        case let error as DatabaseError: error.description
        default: "\(type(of: error))"
        }
    }
}

/// Something that was not so here as it is at the provider.
public struct SubscriptionRepair: Equatable, Sendable {
    /// Nil where it was not known at all.
    public let before: Subscription?
    public let after: Subscription
}

/// What a run found.
public struct ReconcileReport: Equatable, Sendable {
    public struct Failure: Equatable, Sendable {
        public let customer: CustomerID
        public let reason: String
    }

    /// Customers of whom the provider told.
    public var looked = 0
    public var repairs: [SubscriptionRepair] = []
    /// Events that had waited for their customer to become known.
    public var applied = 0
    /// Subscriptions that have not ended, and of which the provider says nothing: for the operator, nothing is changed.
    public var missing: [SubscriptionID] = []
    public var failures: [Failure] = []

    public init() {}
}
