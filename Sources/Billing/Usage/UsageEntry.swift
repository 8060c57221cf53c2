import Storage

/// One thing that was done.
public struct UsageEntry: Equatable, Sendable, Encodable {
    public let id: Identifier<UsageLog>
    public let feature: UsageFeature
    /// In the feature's own unit.
    public let amount: Double
    public let unit: UsageUnit
    public let costMicroUSD: Int
    public let job: String?
    /// Of AI: what it was for.
    public let purpose: AIFeature?
    public let tokens: AITokens?
    /// Of AI, where it was to be kept.
    public let prompt: String?
    public let createdAt: Timestamp

    static let columns: SQL =
        "id, job, feature, detail, amount, input_tokens, output_tokens, prompt, cost_microusd, created_at"

    init(_ row: Row) throws {
        (id, feature, amount) = (try row.get("id"), try row.get("feature"), try row.get("amount"))
        (unit, costMicroUSD) = (feature.unit, try row.get("cost_microusd"))
        (job, prompt) = (try row.get(optional: "job"), try row.get(optional: "prompt"))
        purpose = AIFeature(try row.get("detail", as: String.self))
        tokens =
            feature == .ai ? AITokens(input: try row.get("input_tokens"), output: try row.get("output_tokens")) : nil
        createdAt = try row.get("created_at")
    }
}
