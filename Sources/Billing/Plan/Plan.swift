/// What an account may do. Data, not code: operators write their own.
///
/// A limit that is nil (`null`, or absent, in the file) does not exist.
public struct Plan: Equatable, Sendable {
    /// Size of one upload, bytes.
    public var uploadBytes: Int?
    /// Per calendar month, UTC.
    public var uploadsPerMonth: Int?
    /// Stateless analyses (`POST /api/process`) per calendar month, UTC.
    public var analysesPerMonth: Int?
    /// Bytes kept at any moment.
    public var storageBytes: Int?
    /// Per UTC day.
    public var aiPromptsPerDay: Int?
    public var stemsMinutesPerMonth: Int?
    /// Which queue the account's jobs wait in.
    public var lane: String
    /// Jobs do not start before this has passed.
    public var delaySeconds: Int
    /// They start before this has passed, in the service's quiet hours; nil where the delay is always the same.
    public var delayUntilSeconds: Int?
    /// What an upload is told while the queue has done nothing yet from which it could be foretold: done in so many seconds.
    public var etaSeconds: Int
    /// Of jobs, in seconds.
    private static let longestDelay = 366 * 86_400
    public var aiModel: String?
    public var priceCentsPerMonth: Int

    public init(
        uploadBytes: Int? = nil, uploadsPerMonth: Int? = nil, analysesPerMonth: Int? = nil, storageBytes: Int? = nil,
        aiPromptsPerDay: Int? = nil, stemsMinutesPerMonth: Int? = nil, lane: String = "default",
        delaySeconds: Int = 0, delayUntilSeconds: Int? = nil, etaSeconds: Int = 60, aiModel: String? = nil,
        priceCentsPerMonth: Int = 0
    ) {
        self.uploadBytes = uploadBytes
        self.uploadsPerMonth = uploadsPerMonth
        self.analysesPerMonth = analysesPerMonth
        self.storageBytes = storageBytes
        self.aiPromptsPerDay = aiPromptsPerDay
        self.stemsMinutesPerMonth = stemsMinutesPerMonth
        self.lane = lane
        self.delaySeconds = delaySeconds
        self.delayUntilSeconds = delayUntilSeconds
        self.etaSeconds = etaSeconds
        self.aiModel = aiModel
        self.priceCentsPerMonth = priceCentsPerMonth
    }
}

extension Plan: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case uploadBytes = "upload_bytes"
        case uploadsPerMonth = "uploads_per_month"
        case analysesPerMonth = "analyses_per_month"
        case storageBytes = "storage_bytes"
        case aiPromptsPerDay = "ai_prompts_per_day"
        case stemsMinutesPerMonth = "stems_minutes_per_month"
        case lane
        case delaySeconds = "delay_seconds"
        case delayUntilSeconds = "delay_until_seconds"
        case etaSeconds = "eta_seconds"
        case aiModel = "ai_model"
        case priceCentsPerMonth = "price_cents_per_month"
    }

    public init(from decoder: any Decoder) throws {
        try decoder.refuseUnknownKeys(CodingKeys.self)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func limit(_ key: CodingKeys) throws -> Int? {
            let value = try container.decodeIfPresent(Int.self, forKey: key)
            if let value, value < 0 {
                throw DecodingError.dataCorruptedError(
                    forKey: key, in: container, debugDescription: "'\(key.stringValue)' is negative")
            }
            return value
        }
        func delay(_ key: CodingKeys) throws -> Int? {
            let value = try limit(key)
            guard value ?? 0 <= Self.longestDelay else {
                throw DecodingError.dataCorruptedError(
                    forKey: key, in: container, debugDescription: "'\(key.stringValue)' is more than a year")
            }
            return value
        }
        let (delay, delayUntil) = (try delay(.delaySeconds) ?? 0, try delay(.delayUntilSeconds))
        if let delayUntil, delayUntil < delay {
            throw DecodingError.dataCorruptedError(
                forKey: .delayUntilSeconds, in: container,
                debugDescription: "'delay_until_seconds' is less than 'delay_seconds'")
        }
        self.init(
            uploadBytes: try limit(.uploadBytes), uploadsPerMonth: try limit(.uploadsPerMonth),
            analysesPerMonth: try limit(.analysesPerMonth), storageBytes: try limit(.storageBytes),
            aiPromptsPerDay: try limit(.aiPromptsPerDay), stemsMinutesPerMonth: try limit(.stemsMinutesPerMonth),
            lane: try container.decodeIfPresent(String.self, forKey: .lane) ?? "default",
            delaySeconds: delay, delayUntilSeconds: delayUntil, etaSeconds: try limit(.etaSeconds) ?? 60,
            aiModel: try container.decodeIfPresent(String.self, forKey: .aiModel),
            priceCentsPerMonth: try limit(.priceCentsPerMonth) ?? 0)
    }

    /// Limits that do not exist are written as `null`, so that a template shows every key there is.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(uploadBytes, forKey: .uploadBytes)
        try container.encode(uploadsPerMonth, forKey: .uploadsPerMonth)
        try container.encode(analysesPerMonth, forKey: .analysesPerMonth)
        try container.encode(storageBytes, forKey: .storageBytes)
        try container.encode(aiPromptsPerDay, forKey: .aiPromptsPerDay)
        try container.encode(stemsMinutesPerMonth, forKey: .stemsMinutesPerMonth)
        try container.encode(lane, forKey: .lane)
        try container.encode(delaySeconds, forKey: .delaySeconds)
        try container.encode(delayUntilSeconds, forKey: .delayUntilSeconds)
        try container.encode(etaSeconds, forKey: .etaSeconds)
        try container.encode(aiModel, forKey: .aiModel)
        try container.encode(priceCentsPerMonth, forKey: .priceCentsPerMonth)
    }
}

extension Decoder {
    /// A misspelt limit would be no limit: unknown keys are an error.
    func refuseUnknownKeys<Key: CodingKey & CaseIterable>(_ known: Key.Type) throws {
        let names = Set(known.allCases.map(\.stringValue))
        for key in try container(keyedBy: AnyKey.self).allKeys where !names.contains(key.stringValue) {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: codingPath,
                    debugDescription:
                        "unknown key '\(key.stringValue)'; known are \(names.sorted().joined(separator: ", "))"))
        }
    }
}

private struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}
