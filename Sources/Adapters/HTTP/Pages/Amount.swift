import Billing

/// What is used and allowed, as pages say it.
enum Amount {
    /// A number with its unit; of what says ``title(_:)``.
    static func text(_ count: Int, _ unit: QuotaUnit) -> String {
        switch unit {
        case .storageBytes: bytes(count)
        case .stemsSeconds: "\(decimal(count, tenthsOf: 60)) min"
        case .aiCost: "\(decimal(count, tenthsOf: 1_000_000)) USD"
        case .uploads, .analyses, .aiPrompts: "\(count)"
        }
    }

    static func title(_ unit: QuotaUnit) -> String {
        switch unit {
        case .uploads: "Uploads"
        case .analyses: "Analyses"
        case .storageBytes: "Storage"
        case .stemsSeconds: "Stems"
        case .aiPrompts: "AI prompts"
        case .aiCost: "AI"
        }
    }

    /// A limit of a plan, as one line of what it offers.
    ///
    /// - Parameter count: nil for no limit.
    /// - Returns: nil for what is only of interest where it is limited.
    static func text(_ count: Int?, _ limit: PlanLimit) -> String? {
        let number = count.map(String.init) ?? "Any number of"
        return switch limit {
        case .uploadBytes: count.map { "Files up to \(bytes($0))" } ?? "Files of any size"
        case .uploadsPerMonth: "\(number) uploads a month"
        case .analysesPerMonth: "\(number) analyses a month"
        case .storageBytes: count.map { "\(bytes($0)) of storage" } ?? "Any amount of storage"
        case .aiPromptsPerDay: "\(number) AI prompts a day"
        case .aiBudgetCentsPerMonth: count.map { "AI for \(decimal($0, tenthsOf: 100)) USD a month" }
        case .stemsMinutesPerMonth: "\(number) minutes of stems a month"
        }
    }

    /// In the largest unit of which there is one.
    private static func bytes(_ count: Int) -> String {
        var (unit, names, divisor) = ("bytes", ["TiB", "GiB", "MiB", "KiB"], 1)
        while count / divisor >= 1_024, let name = names.popLast() { (unit, divisor) = (name, divisor * 1_024) }
        return "\(decimal(count, tenthsOf: divisor)) \(unit)"
    }

    /// With one place, where it is not 0.
    private static func decimal(_ count: Int, tenthsOf divisor: Int) -> String {
        let (whole, rest) = count.quotientAndRemainder(dividingBy: divisor)
        // In this order nothing overflows, and nothing is rounded up to more than there is.
        let tenth = Int(Double(rest) / Double(divisor) * 10)
        return tenth == 0 ? "\(whole)" : "\(whole).\(tenth)"
    }
}
