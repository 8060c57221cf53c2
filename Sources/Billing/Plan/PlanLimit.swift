/// The limits of a plan, by the names that the file gives them.
public enum PlanLimit: String, CodingKey, CaseIterable, Sendable {
    case uploadBytes = "upload_bytes"
    case uploadsPerMonth = "uploads_per_month"
    case analysesPerMonth = "analyses_per_month"
    case storageBytes = "storage_bytes"
    case aiPromptsPerDay = "ai_prompts_per_day"
    case aiBudgetCentsPerMonth = "ai_budget_cents_per_month"
    case stemsMinutesPerMonth = "stems_minutes_per_month"

    var path: WritableKeyPath<Plan, Int?> {
        switch self {
        case .uploadBytes: \.uploadBytes
        case .uploadsPerMonth: \.uploadsPerMonth
        case .analysesPerMonth: \.analysesPerMonth
        case .storageBytes: \.storageBytes
        case .aiPromptsPerDay: \.aiPromptsPerDay
        case .aiBudgetCentsPerMonth: \.aiBudgetCentsPerMonth
        case .stemsMinutesPerMonth: \.stemsMinutesPerMonth
        }
    }
}

extension Plan {
    /// Nil where there is no such limit.
    public subscript(limit: PlanLimit) -> Int? {
        get { self[keyPath: limit.path] }
        set { self[keyPath: limit.path] = newValue }
    }

    /// The limits that are lower here than there. No limit is more than any.
    func limitsBelow(_ other: Plan) -> [PlanLimit] {
        PlanLimit.allCases.filter { limit in
            guard let mine = self[limit] else { return false }
            return mine < other[limit] ?? .max
        }
    }
}
