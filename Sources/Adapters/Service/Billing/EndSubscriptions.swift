import Billing
import Jobs
import Storage

/// Cancels at the provider what a deleted account pays for: nobody is billed who is not there any more. Tried until it is done.
struct EndSubscriptions: JobHandler {
    struct Payload: Codable {
        let subscriptions: [SubscriptionID]
    }

    static let kind = "end-subscriptions"
    /// Ten days of trying: then it is for the operator, who finds it among the dead jobs.
    static let policy = {
        var policy = RetryPolicy()
        (policy.attempts, policy.firstDelay, policy.longestDelay) = (250, .seconds(5), .seconds(3600))
        return policy
    }()

    let payments: Payments?

    var kind: String { Self.kind }
    var policy: RetryPolicy? { Self.policy }

    static func job(_ subscriptions: [SubscriptionID]) throws -> NewJob {
        try NewJob(kind: kind, payload: Payload(subscriptions: subscriptions), queue: UpkeepJob.queue)
    }

    func run(_ job: Job) async throws -> JobEffect {
        guard let subscriptions = try? job.decodePayload(as: Payload.self).subscriptions else {
            throw JobFailure(.final, "the job cannot be read")
        }
        guard let provider = payments?.provider else {
            throw JobFailure(.passing, "no payment provider is configured: set it to end these subscriptions")
        }
        for id in subscriptions {
            do {
                _ = try await provider.cancel(id, atPeriodEnd: false, once: RequestKey(Self.kind, id.text))
            } catch PaymentError.notFound {
                // Gone is ended.
            } catch PaymentError.refused {
                // It ended meanwhile, or cannot be ended: the provider knows.
                let picture = try await provider.subscription(id)
                guard picture.status.isTerminal else { throw JobFailure(.passing, "the provider refuses to end it") }
            } catch {
                throw JobFailure(.passing, "the payment provider: \(error)")
            }
        }
        return { _ in }
    }
}
