extension MetricRegistry {
    /// Does the work, and counts how it ended.
    ///
    /// - Parameters:
    ///   - family: its last label is the outcome.
    ///   - success: what a good end is called.
    func counting<Value>(
        _ family: MetricFamily, _ values: String..., success: String = "ok", _ work: () async throws -> Value
    ) async throws -> Value {
        do {
            let value = try await work()
            count(family, values + [success])
            return value
        } catch {
            count(
                family,
                values + [(error as? ServiceError)?.outcome ?? (error is CancellationError ? "cancelled" : "failed")])
            throw error
        }
    }
}

extension ServiceError {
    /// One word for each reason, as a label.
    fileprivate var outcome: String {
        switch self {
        case .invalid: "invalid"
        case .unauthorized: "unauthorized"
        case .forbidden: "forbidden"
        case .notFound: "not_found"
        case .conflict: "conflict"
        case .tooLarge: "too_large"
        case .unsupportedMedia: "unsupported"
        case .unprocessable: "unprocessable"
        case .quotaExceeded: "quota"
        case .rateLimited: "rate_limited"
        case .unavailable: "unavailable"
        }
    }
}
