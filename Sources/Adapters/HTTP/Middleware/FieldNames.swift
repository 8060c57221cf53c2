import HTTPTypes

extension HTTPField.Name {
    static let requestID = named("X-Request-ID")
    static let retryAfter = named("Retry-After")
    static let idempotencyKey = named("Idempotency-Key")
    static let idempotentReplayed = named("Idempotent-Replayed")
    /// The two by other names, as clients that keep things in step have them.
    static let xIdempotencyKey = named("X-Idempotency-Key")
    static let xIdempotentReplay = named("X-Idempotent-Replay")
    static let deviceID = named("X-Device-ID")
    static let rateLimit = named("X-RateLimit-Limit")
    static let rateLimitRemaining = named("X-RateLimit-Remaining")
    static let rateLimitReset = named("X-RateLimit-Reset")
    static let stripeSignature = named("Stripe-Signature")

    /// A name written in the program.
    static func named(_ name: StaticString) -> HTTPField.Name {
        guard let field = HTTPField.Name("\(name)") else { preconditionFailure("'\(name)' is no field name") }
        return field
    }
}
