import Billing

/// One question to a language model, from when it is asked: how long it took, what became of it, and what it cost.
struct MeasuredQuestion {
    private let backend: String
    private let price: AIPrice
    private let metrics: MetricRegistry
    private let started = ContinuousClock.now

    init(to call: VibeCall, _ metrics: MetricRegistry) {
        (backend, price, self.metrics) = (call.model.backend, call.reservation.price, metrics)
    }

    /// - Parameters:
    ///   - outcome: one word.
    ///   - tokens: what is counted for the account; none where nothing was answered.
    func ended(_ outcome: String, _ tokens: AITokens) {
        metrics.add(to: .aiRequests, backend, outcome)
        metrics.observe(started.duration(to: .now), in: .aiDuration, backend, outcome)
        guard tokens != AITokens() else { return }
        metrics.add(Double(tokens.input), to: .aiTokens, backend, outcome, "in")
        metrics.add(Double(tokens.output), to: .aiTokens, backend, outcome, "out")
        metrics.add(price.cost(of: tokens).dollars, to: .aiCost, backend, outcome)
    }
}

extension TextModelFailure {
    /// One word for each reason, as a label.
    var outcome: String {
        switch self {
        case .unavailable: "unavailable"
        case .rateLimited: "rate_limited"
        case .timeout: "timeout"
        case .refused: "refused"
        case .malformed: "malformed"
        case .cancelled: "cancelled"
        }
    }
}
