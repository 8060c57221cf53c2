import Storage

/// How many requests a service answers to whom. A limit that is nil (`null`, or absent, in the file) does not exist.
///
/// Passwords are bounded whatever stands here.
public struct RequestLimits: Equatable, Sendable {
    /// Of one account, by all its sessions and keys together.
    public var perAccount: RateLimit?
    /// Of one address, at what is open to everybody.
    public var perAddress: RateLimit?

    public init(perAccount: RateLimit? = nil, perAddress: RateLimit? = nil) {
        (self.perAccount, self.perAddress) = (perAccount, perAddress)
    }
}

extension RequestLimits: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case perAccount = "per_account"
        case perAddress = "per_address"
    }

    public init(from decoder: any Decoder) throws {
        try decoder.refuseUnknownKeys(CodingKeys.self)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            perAccount: try container.decodeIfPresent(RequestLimit.self, forKey: .perAccount)?.limit,
            perAddress: try container.decodeIfPresent(RequestLimit.self, forKey: .perAddress)?.limit)
    }

    /// Limits that do not exist are written as `null`, so that a template shows every key there is.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(perAccount.map(RequestLimit.init), forKey: .perAccount)
        try container.encode(perAddress.map(RequestLimit.init), forKey: .perAddress)
    }
}

/// A limit as it stands in the file: `{"requests": 100, "seconds": 60}`; with `"burst"` a bucket that holds so many.
private struct RequestLimit: Codable {
    let limit: RateLimit

    init(_ limit: RateLimit) {
        self.limit = limit
    }

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case requests, seconds, burst
    }

    init(from decoder: any Decoder) throws {
        try decoder.refuseUnknownKeys(CodingKeys.self)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func number(_ key: CodingKeys, in range: ClosedRange<Int>) throws -> Int {
            let number = try container.decode(Int.self, forKey: key)
            guard range.contains(number) else {
                throw DecodingError.dataCorruptedError(
                    forKey: key, in: container,
                    debugDescription: "'\(key.stringValue)' is not from \(range.lowerBound) to \(range.upperBound)")
            }
            return number
        }
        // 0 would shut everybody out.
        let counts = 1...RateLimit.counts.upperBound
        let burst = container.contains(.burst) ? try number(.burst, in: counts) : nil
        limit = RateLimit(
            try number(.requests, in: counts), per: .seconds(try number(.seconds, in: 1...86_400)),
            burst.map { .tokenBucket(burst: $0) } ?? .slidingWindow)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(limit.count, forKey: .requests)
        try container.encode(limit.window.components.seconds, forKey: .seconds)
        if case .tokenBucket(let burst) = limit.method { try container.encode(burst, forKey: .burst) }
    }
}
