import Foundation

extension PlanBook {
    /// - Throws: ``PlanBookError`` with every place that is wrong.
    public init(json: [UInt8]) throws(PlanBookError) {
        let (book, problems) = Self.read(json)
        let errors = problems.filter { $0.severity == .error }
        guard let book, errors.isEmpty else { throw .wrong(errors) }
        self = book
    }

    /// All that is wrong with a file or looks so, errors first; empty for a good one.
    public static func problems(inJSON json: [UInt8]) -> [PlanProblem] {
        let problems = read(json).problems
        return problems.filter { $0.severity == .error } + problems.filter { $0.severity == .warning }
    }

    public func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self))
    }

    private static func read(_ json: [UInt8]) -> (book: PlanBook?, problems: [PlanProblem]) {
        do {
            let file = try JSONDecoder().decode(PlanFile.self, from: Data(json))
            return (file.book, file.problems + (file.book?.problems ?? []))
        } catch let error as DecodingError {
            return (nil, [PlanProblem(error)])
        } catch {
            return (nil, [.error(nil, "not JSON")])
        }
    }
}

/// A file as far as it can be read.
private struct PlanFile: Decodable {
    /// Nil if it does not even say which plans there are. What was wrong is left out of it.
    let book: PlanBook?
    let problems: [PlanProblem]

    init(from decoder: any Decoder) throws {
        let faults = PlanFaults()
        book = PlanFileObject(decoder, by: PlanBook.Key.self, noting: faults).flatMap { Self.book($0, faults) }
        problems = faults.problems
    }

    private static func book(_ object: PlanFileObject<PlanBook.Key>, _ faults: PlanFaults) -> PlanBook? {
        let defaultPlan = object.required(.defaultPlan, as: String.self)
        let entries = object.required(.plans, as: [String: Ignored].self).map { _ in object.named(.plans) }
        var (plans, earlier, addOns) = ([String: Plan](), [String: [Plan]](), [String: AddOn]())
        for (name, decoder) in entries ?? [] {
            let entry = Plan.read(decoder, named: name, noting: faults)
            (plans[name], earlier[name]) = (entry?.plan ?? Plan(), entry?.earlier ?? [])
        }
        for (name, decoder) in object.named(.addOns) {
            addOns[name] = AddOn.read(decoder, named: name, noting: faults)
        }
        let policy = object.decoder(.policy).map { SubscriptionPolicy.read($0, noting: faults) }
        let second = object.number(.analysisSecondMicroUSD)
        let limits = object.value(.requestLimits, as: RequestLimits.self)
        guard let defaultPlan, entries != nil else { return nil }
        return PlanBook(
            unchecked: defaultPlan, plans: plans, earlier: earlier, addOns: addOns,
            policy: policy ?? SubscriptionPolicy(), analysisSecondMicroUSD: second ?? 15,
            requestLimits: limits ?? RequestLimits(), costs: object.value(.costs, as: CostPrices.self) ?? CostPrices(),
            aiPrices: object.value(.aiPrices, as: AIPrices.self) ?? .standard)
    }

    private struct Ignored: Decodable {
        init(from decoder: any Decoder) {}
    }
}

extension PlanBook: Encodable {
    fileprivate enum Key: String, CodingKey, CaseIterable {
        case defaultPlan = "default_plan"
        case plans
        case addOns = "add_ons"
        case policy
        case analysisSecondMicroUSD = "analysis_second_microusd"
        case requestLimits = "request_limits"
        case costs
        case aiPrices = "ai_models"
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(defaultPlan, forKey: .defaultPlan)
        var entries: [String: PlanEntry] = [:]
        for (name, plan) in plans { entries[name] = PlanEntry(plan: plan, earlier: earlier[name] ?? []) }
        try container.encode(entries, forKey: .plans)
        try container.encode(addOns, forKey: .addOns)
        try container.encode(policy, forKey: .policy)
        try container.encode(analysisSecondMicroUSD, forKey: .analysisSecondMicroUSD)
        try container.encode(requestLimits, forKey: .requestLimits)
        try container.encode(costs, forKey: .costs)
        try container.encode(aiPrices, forKey: .aiPrices)
    }
}
