import HTTPTypes

extension HTTPField.Name {
    static let requestID = named("X-Request-ID")
    static let retryAfter = named("Retry-After")
    static let rateLimit = named("X-RateLimit-Limit")
    static let rateLimitRemaining = named("X-RateLimit-Remaining")
    static let rateLimitReset = named("X-RateLimit-Reset")

    /// A name written in the program.
    static func named(_ name: StaticString) -> HTTPField.Name {
        guard let field = HTTPField.Name("\(name)") else { preconditionFailure("'\(name)' is no field name") }
        return field
    }
}
