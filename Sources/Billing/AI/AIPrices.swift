/// What a million tokens of a language model cost the operator.
public struct AIPrice: Equatable, Sendable {
    public let input: MicroUSD
    public let output: MicroUSD

    public init(input: MicroUSD, output: MicroUSD) {
        (self.input, self.output) = (input, output)
    }

    /// 3 USD in and 15 USD out.
    public static let standard = AIPrice(input: MicroUSD(3_000_000), output: MicroUSD(15_000_000))

    /// Rounded up to a millionth of a dollar: a budget is never exceeded by rounding.
    public func cost(of tokens: AITokens) -> MicroUSD {
        let million: UInt128 = 1_000_000
        let cost =
            UInt128(tokens.input) * UInt128(max(0, input.count)) + UInt128(tokens.output)
            * UInt128(max(0, output.count))
        return MicroUSD(Int(exactly: (cost + (million - 1)) / million) ?? .max)
    }
}

extension AIPrice: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case input = "input_microusd_per_million_tokens"
        case output = "output_microusd_per_million_tokens"
    }

    public init(from decoder: any Decoder) throws {
        try decoder.refuseUnknownKeys(CodingKeys.self)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func price(_ key: CodingKeys) throws -> MicroUSD {
            guard let price = try container.price(key) else {
                throw DecodingError.keyNotFound(
                    key, .init(codingPath: container.codingPath, debugDescription: "no price"))
            }
            return price
        }
        self.init(input: try price(.input), output: try price(.output))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(input, forKey: .input)
        try container.encode(output, forKey: .output)
    }
}

/// The prices of language models by name, from the plan book.
public struct AIPrices: Equatable, Sendable {
    public let models: [String: AIPrice]

    public init(models: [String: AIPrice]) {
        self.models = models
    }

    /// The models that the built-in plans name.
    public static let standard = AIPrices(models: ["qwen/qwen3-7b": .standard, "qwen/qwen3-235b": .standard])

    /// A model that the file does not know costs ``AIPrice/standard``, or what the dearest in it does if that is more: what
    /// nobody gave a price is not free.
    public func price(of model: String) -> AIPrice {
        models[model]
            ?? models.values.reduce(.standard) {
                AIPrice(input: max($0.input, $1.input), output: max($0.output, $1.output))
            }
    }
}

extension AIPrices: Codable {
    public init(from decoder: any Decoder) throws {
        self.init(models: try decoder.singleValueContainer().decode([String: AIPrice].self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(models)
    }
}
