/// A plan as it stands in the file: its newest version, with those before it under `earlier`.
extension Plan {
    fileprivate enum Key: String, CodingKey, CaseIterable {
        case version, title
        case uploadBytes = "upload_bytes"
        case uploadsPerMonth = "uploads_per_month"
        case analysesPerMonth = "analyses_per_month"
        case storageBytes = "storage_bytes"
        case aiPromptsPerDay = "ai_prompts_per_day"
        case aiBudgetCentsPerMonth = "ai_budget_cents_per_month"
        case stemsMinutesPerMonth = "stems_minutes_per_month"
        case monthlyWindow = "monthly_window"
        case lane
        case delaySeconds = "delay_seconds"
        case delayUntilSeconds = "delay_until_seconds"
        case etaSeconds = "eta_seconds"
        case aiModel = "ai_model"
        case features, prices
        case priceCentsPerMonth = "price_cents_per_month"
        case trialDays = "trial_days"
        case earlier
    }

    /// Nil, and noted, if it is no object. What is wrong in it is noted and left out.
    static func read(
        _ decoder: any Decoder, named name: String, noting faults: PlanFaults
    ) -> (plan: Plan, earlier: [Plan])? {
        guard let object = PlanFileObject(decoder, by: Key.self, noting: faults) else { return nil }
        var plan = Plan(version: object.number(.version, in: versions) ?? 1)
        plan.title = object.value(.title, as: String.self)
        plan.readLimits(object)
        plan.features = object.value(.features, as: Set<PlanFeature>.self)
        plan.trialDays = object.number(.trialDays, in: trials) ?? 0
        plan.prices = object.list(.prices).compactMap { PlanPrice.read($0, noting: faults) }
        plan.readOldPrice(object, of: name)
        return (plan, object.list(.earlier).compactMap { readEarlier($0, named: name, noting: faults) })
    }

    private static func readEarlier(
        _ decoder: any Decoder, named name: String, noting faults: PlanFaults
    ) -> Plan? {
        guard let (plan, earlier) = read(decoder, named: name, noting: faults) else { return nil }
        if !earlier.isEmpty {
            faults.note(.error("plans.\(name).earlier", "a version in it has an 'earlier' of its own: list all in one"))
        }
        return plan
    }

    private mutating func readLimits(_ object: PlanFileObject<Key>) {
        for limit in PlanLimit.allCases {
            if let key = Key(rawValue: limit.rawValue) { self[limit] = object.number(key) }
        }
        monthlyWindow = object.value(.monthlyWindow, as: MonthlyWindow.self) ?? monthlyWindow
        lane = object.value(.lane, as: String.self) ?? lane
        etaSeconds = object.number(.etaSeconds) ?? etaSeconds
        aiModel = object.value(.aiModel, as: String.self)
        delaySeconds = delay(.delaySeconds, in: object) ?? 0
        delayUntilSeconds = delay(.delayUntilSeconds, in: object)
        if let until = delayUntilSeconds, until < delaySeconds {
            object.note(.delayUntilSeconds, "is less than 'delay_seconds'")
        }
    }

    private func delay(_ key: Key, in object: PlanFileObject<Key>) -> Int? {
        guard let delay = object.number(key) else { return nil }
        guard delay <= Self.longestDelay else {
            object.note(key, "is more than a year")
            return nil
        }
        return delay
    }

    /// Files had one monthly price without a name, and 0 for none.
    private mutating func readOldPrice(_ object: PlanFileObject<Key>, of name: String) {
        guard let cents = object.number(.priceCentsPerMonth), cents > 0 else { return }
        if object.isPresent(.prices) {
            object.note(.priceCentsPerMonth, "stands beside 'prices': keep one of them")
        } else if let price = PlanPrice.monthly(cents, of: name, version: version) {
            prices = [price]
        } else {
            object.note(.priceCentsPerMonth, "cannot be given a name, as that of the plan is too long: use 'prices'")
        }
    }
}

/// Writes a plan with its earlier versions. Limits that do not exist are written as `null`, so that a template shows every key
/// there is.
struct PlanEntry: Encodable {
    let plan: Plan
    let earlier: [Plan]

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Plan.Key.self)
        try container.encode(plan.version, forKey: .version)
        try container.encode(plan.title, forKey: .title)
        for limit in PlanLimit.allCases {
            if let key = Plan.Key(rawValue: limit.rawValue) { try container.encode(plan[limit], forKey: key) }
        }
        try container.encode(plan.monthlyWindow, forKey: .monthlyWindow)
        try container.encode(plan.lane, forKey: .lane)
        try container.encode(plan.delaySeconds, forKey: .delaySeconds)
        try container.encode(plan.delayUntilSeconds, forKey: .delayUntilSeconds)
        try container.encode(plan.etaSeconds, forKey: .etaSeconds)
        try container.encode(plan.aiModel, forKey: .aiModel)
        try container.encode(plan.features?.sorted(), forKey: .features)
        try container.encode(plan.prices, forKey: .prices)
        try container.encode(plan.trialDays, forKey: .trialDays)
        if !earlier.isEmpty {
            try container.encode(earlier.map { PlanEntry(plan: $0, earlier: []) }, forKey: .earlier)
        }
    }
}
