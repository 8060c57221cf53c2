import Billing

/// The language model of a service.
public struct AIOptions: Sendable {
    /// How long one sound may take, repairs included: somebody or some job waits for it.
    public static let standardLimit = Duration.seconds(30)
    /// Where neither the plan nor the operator names one.
    public static let standardModel = "qwen/qwen3-7b"

    public let model: any TextModel
    /// Which the operator has chosen for all; nil where plans do.
    public let name: String?
    public let limit: Duration

    public init(_ model: any TextModel, named name: String? = nil, limit: Duration = AIOptions.standardLimit) {
        (self.model, self.name, self.limit) = (model, name, limit)
    }

    /// Which model an account's prompts go to.
    func name(under plan: Plan) -> String { name ?? plan.aiModel ?? Self.standardModel }

    /// Whether an account may choose a model: its own, or where plans choose, any of the plan file that costs no more.
    func allows(_ wanted: String, under plan: Plan, _ prices: AIPrices) -> Bool {
        let own = name(under: plan)
        if wanted == own { return true }
        guard name == nil, let price = prices.models[wanted] else { return false }
        let most = prices.price(of: own)
        return price.input <= most.input && price.output <= most.output
    }
}

/// That a sound is to be described by a language model.
public struct VibeRequest: Codable, Equatable, Sendable {
    /// Nil for the plan's.
    public var model: String?

    public init(model: String? = nil) {
        self.model = model
    }
}
