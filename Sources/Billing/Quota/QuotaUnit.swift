import Storage

/// What is counted against a plan.
public enum QuotaUnit: String, Codable, Sendable, SQLConvertible, CaseIterable {
    case uploads
    case analyses
    case storageBytes = "storage_bytes"
    case stemsSeconds = "stems_seconds"
    case aiPrompts = "ai_prompts"
    /// What AI costs the operator, in millionths of a US dollar.
    case aiCost = "ai_cost_microusd"

    /// How long a count lasts.
    public enum Cycle: Sendable {
        /// A calendar month in UTC, or what is paid for at once, as the plan says.
        case month
        /// A day in UTC.
        case day
        /// Never ends: what is there now.
        case gauge
    }

    public var cycle: Cycle {
        switch self {
        case .uploads, .analyses, .stemsSeconds, .aiCost: .month
        case .aiPrompts: .day
        case .storageBytes: .gauge
        }
    }

    /// In the unit's own measure; nil where there is none.
    public func limit(in plan: Plan) -> Int? {
        switch self {
        case .uploads: plan.uploadsPerMonth
        case .analyses: plan.analysesPerMonth
        case .storageBytes: plan.storageBytes
        case .stemsSeconds: plan.stemsMinutesPerMonth.map { $0.saturatingProduct(60) }
        case .aiPrompts: plan.aiPromptsPerDay
        case .aiCost: plan.aiBudgetCentsPerMonth.map { $0.saturatingProduct(10_000) }
        }
    }

    public func limit(in entitlement: Entitlement) -> Int? { limit(in: entitlement.plan) }
}

extension Int {
    /// What is too large to be counted is the largest that can be.
    func saturatingProduct(_ factor: Int) -> Int {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        return overflow ? .max : product
    }
}

extension QuotaUnit {
    /// For people, after a number: `100 uploads`.
    public var title: String {
        switch self {
        case .uploads: "uploads"
        case .analyses: "analyses"
        case .storageBytes: "bytes of storage"
        case .stemsSeconds: "seconds of stems"
        case .aiPrompts: "AI prompts"
        case .aiCost: "millionths of a dollar for AI"
        }
    }
}
