/// What an account may do, and what that costs. Data, not code: operators write their own.
///
/// A limit that is nil (`null`, or absent, in the file) does not exist.
public struct Plan: Equatable, Sendable {
    /// Counts up when a plan changes for those who come later; who has an older version keeps it while the file has it.
    public var version: Int
    /// For people; nil where the name does.
    public var title: String?
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
    /// What AI may cost the operator, per month.
    public var aiBudgetCentsPerMonth: Int?
    public var stemsMinutesPerMonth: Int?
    /// What "per month" means above.
    public var monthlyWindow: MonthlyWindow
    /// Which queue the account's jobs wait in.
    public var lane: String
    /// Jobs do not start before this has passed.
    public var delaySeconds: Int
    /// They start before this has passed, in the service's quiet hours; nil where the delay is always the same.
    public var delayUntilSeconds: Int?
    /// What an upload is told while the queue has done nothing yet from which it could be foretold: done in so many seconds.
    public var etaSeconds: Int
    public var aiModel: String?
    /// Nil for all there are.
    public var features: Set<PlanFeature>?
    /// Empty for a plan that nobody pays for: the default plan, or one that the operator gives.
    public var prices: [PlanPrice]
    /// Before the first payment; 0 for none.
    public var trialDays: Int
    /// Of jobs, in seconds.
    static let longestDelay = 366 * 86_400
    public static let versions = 1...1_000_000
    /// What providers take.
    public static let trials = 0...730

    public init(
        uploadBytes: Int? = nil, uploadsPerMonth: Int? = nil, analysesPerMonth: Int? = nil, storageBytes: Int? = nil,
        aiPromptsPerDay: Int? = nil, aiBudgetCentsPerMonth: Int? = nil, stemsMinutesPerMonth: Int? = nil,
        monthlyWindow: MonthlyWindow = .calendarMonth, lane: String = "default",
        delaySeconds: Int = 0, delayUntilSeconds: Int? = nil, etaSeconds: Int = 60, aiModel: String? = nil,
        features: Set<PlanFeature>? = nil, prices: [PlanPrice] = [], trialDays: Int = 0, version: Int = 1,
        title: String? = nil
    ) {
        self.uploadBytes = uploadBytes
        self.uploadsPerMonth = uploadsPerMonth
        self.analysesPerMonth = analysesPerMonth
        self.storageBytes = storageBytes
        self.aiPromptsPerDay = aiPromptsPerDay
        self.aiBudgetCentsPerMonth = aiBudgetCentsPerMonth
        self.stemsMinutesPerMonth = stemsMinutesPerMonth
        self.monthlyWindow = monthlyWindow
        self.lane = lane
        self.delaySeconds = delaySeconds
        self.delayUntilSeconds = delayUntilSeconds
        self.etaSeconds = etaSeconds
        self.aiModel = aiModel
        self.features = features
        self.prices = prices
        self.trialDays = trialDays
        self.version = version
        self.title = title
    }

    /// What it costs at least, rounded to a cent; 0 for a plan that nobody pays for.
    public var priceCentsPerMonth: Int {
        prices.leastPerYear.map { ($0.centsPerYear + 6) / 12 } ?? 0
    }

    public func has(_ feature: PlanFeature) -> Bool { features?.contains(feature) ?? true }
}

/// When what a plan allows per month starts again.
public enum MonthlyWindow: String, Codable, Sendable, CaseIterable {
    /// At the first of a month, UTC.
    case calendarMonth = "calendar_month"
    /// With each period that is paid for; as the calendar where nothing is.
    case billingPeriod = "billing_period"
}
