import Auth
import Billing
import Logging
import Storage

/// Between the service and its payment provider.
extension Subscriptions {
    /// Takes in what the provider tells. What it throws makes the provider send it again.
    ///
    /// - Parameter body: as it came, byte for byte.
    /// - Returns: what became of it, in a word.
    public func receive(_ body: [UInt8], signature: String) async throws -> String {
        guard let payments, payments.development == nil else { throw ServiceError.notFound("route") }
        do {
            let outcome = try await payments.intake.receive(body, signature: signature)
            guard outcome != .failed else {
                logger.error("a webhook could not be applied: see 'waxwing webhooks ls --outcome failed'")
                throw ServiceError.unavailable("the event is kept, and could not be applied: send it again")
            }
            return outcome.rawValue
        } catch let error as WebhookIntakeError {
            logger.notice("refused a webhook", metadata: ["reason": "\(error)"])
            switch error {
            case .signature: throw ServiceError.invalid(field: "Stripe-Signature", error.description)
            case .tooLarge(let limit): throw ServiceError.tooLarge(limit: limit)
            case .unreadable, .notFound, .notReplayable: throw ServiceError.invalid(field: nil, error.description)
            case .notStored: throw ServiceError.unavailable(error.description)
            }
        }
    }

    /// The account's name at the provider; made there when it has none yet.
    func customer(of account: AccountID, _ payments: Payments) async throws -> CustomerID {
        let (known, email) = try await database.read { session in
            (try records.customers.customer(of: account, in: session), try users.find(account, in: session)?.email)
        }
        if let known { return known }
        let new = NewCustomer(account: account, email: email.flatMap { $0.isReserved ? nil : $0.text })
        let made = try await asked { () throws(PaymentError) in
            try await payments.provider.createCustomer(new, once: RequestKey("customer", account.text))
        }
        return try await database.write { session in
            // Of two at once the first counts.
            _ = try payments.intake.link(made, to: account, in: session)
            return try records.customers.customer(of: account, in: session) ?? made
        }
    }

    func requirePayments() throws(ServiceError) -> Payments {
        guard let payments else {
            throw .unavailable("this service takes no payments: ask whoever runs it for another plan")
        }
        return payments
    }

    func asked<Value>(_ ask: () async throws(PaymentError) -> Value) async throws(ServiceError) -> Value {
        do {
            return try await ask()
        } catch {
            logger.notice("the payment provider refused", metadata: ["reason": "\(error)"])
            throw ServiceError(error)
        }
    }
}

extension ServiceError {
    /// What the provider says no to, in words for the caller; what is the operator's to mend is only said to be away.
    public init(_ error: PaymentError) {
        self =
            switch error {
            case .notFound: .conflict("the payment provider does not know this any more")
            case .declined(let message): .unprocessable(message)
            case .refused(let message): .conflict(message)
            case .unauthorized, .unavailable, .unreadable:
                .unavailable("the payment provider cannot be reached: try again in a minute")
            }
    }
}
