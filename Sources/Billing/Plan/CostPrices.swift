/// What things cost the operator, from the plan book; what an analysis costs stands beside it.
public struct CostPrices: Equatable, Sendable {
    /// Of a billion bytes kept for 30 days.
    public var storageGBMonth: MicroUSD
    /// Of a billion bytes sent.
    public var egressGB: MicroUSD
    /// Of a minute of audio taken apart.
    public var stemsMinute: MicroUSD

    /// - Parameters:
    ///   - storageGBMonth: 0.015 USD unless given, and `egressGB` nothing: what Cloudflare R2 asks.
    ///   - stemsMinute: 0.0009 USD unless given: 60 seconds of work at what an analysis costs.
    public init(
        storageGBMonth: MicroUSD = MicroUSD(15_000), egressGB: MicroUSD = .zero, stemsMinute: MicroUSD = MicroUSD(900)
    ) {
        (self.storageGBMonth, self.egressGB, self.stemsMinute) = (storageGBMonth, egressGB, stemsMinute)
    }

    /// - Parameter byteDays: never negative; below 0 counts as 0.
    public func storageCost(byteDays: Int) -> UsageCost {
        // Bytes by price are billionths of a millionth of a dollar: a price is for a billion bytes.
        UsageCost(rests: Self.product(byteDays, storageGBMonth) / 30)
    }

    public func egressCost(bytes: Int) -> UsageCost { UsageCost(rests: Self.product(bytes, egressGB)) }

    /// Rounded to a millionth of a dollar.
    public func stemsCost(seconds: Double) -> MicroUSD {
        let cost = (max(0, seconds) * Double(stemsMinute.count) / 60).rounded()
        return MicroUSD(Int(exactly: cost) ?? (cost > 0 ? .max : 0))
    }

    private static func product(_ count: Int, _ price: MicroUSD) -> UInt128 {
        UInt128(max(0, count)) * UInt128(max(0, price.count))
    }
}

extension CostPrices: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case storageGBMonth = "storage_gb_month_microusd"
        case egressGB = "egress_gb_microusd"
        case stemsMinute = "stems_minute_microusd"
    }

    public init(from decoder: any Decoder) throws {
        try decoder.refuseUnknownKeys(CodingKeys.self)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init()
        storageGBMonth = try container.price(.storageGBMonth) ?? storageGBMonth
        egressGB = try container.price(.egressGB) ?? egressGB
        stemsMinute = try container.price(.stemsMinute) ?? stemsMinute
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(storageGBMonth, forKey: .storageGBMonth)
        try container.encode(egressGB, forKey: .egressGB)
        try container.encode(stemsMinute, forKey: .stemsMinute)
    }
}

extension KeyedDecodingContainer {
    /// What the file says of a price: 0 to a million dollars; nil where it says nothing.
    func price(_ key: Key) throws -> MicroUSD? {
        guard let count = try decodeIfPresent(Int.self, forKey: key) else { return nil }
        guard (0...1_000_000_000_000).contains(count) else {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: self,
                debugDescription: "'\(key.stringValue)' is \(count < 0 ? "negative" : "more than a million dollars")")
        }
        return MicroUSD(count)
    }
}
