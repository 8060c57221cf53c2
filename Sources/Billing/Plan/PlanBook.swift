import Foundation

/// All plans of a service, as in the file that `waxwing plans template` prints.
public struct PlanBook: Equatable, Sendable {
    /// What a new account gets.
    public let defaultPlan: String
    public let plans: [String: Plan]
    /// What one second of analysis costs the operator, in millionths of a US dollar; fills the `cost` of every analysis.
    public let analysisSecondMicroUSD: Int
    public let requestLimits: RequestLimits

    public init(
        defaultPlan: String, plans: [String: Plan], analysisSecondMicroUSD: Int = 15,
        requestLimits: RequestLimits = RequestLimits()
    ) throws(PlanBookError) {
        guard plans[defaultPlan] != nil else { throw .noSuchDefault(defaultPlan) }
        (self.defaultPlan, self.plans) = (defaultPlan, plans)
        (self.analysisSecondMicroUSD, self.requestLimits) = (analysisSecondMicroUSD, requestLimits)
    }

    /// - Throws: ``PlanBookError`` with the place that is wrong.
    public init(json: [UInt8]) throws(PlanBookError) {
        do {
            self = try JSONDecoder().decode(PlanBook.self, from: Data(json))
        } catch let error as PlanBookError {
            throw error
        } catch let error as DecodingError {
            throw PlanBookError(error)
        } catch {
            throw .unreadable("it is not JSON")
        }
    }

    public func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return Array(try encoder.encode(self))
    }

    /// The plan of that name; the default plan for a name that the file no longer has.
    public func plan(named name: String?) -> (name: String, plan: Plan) {
        if let name, let plan = plans[name] { return (name, plan) }
        // `init` has checked that the default plan is there.
        return (defaultPlan, plans[defaultPlan] ?? Plan())
    }
}

extension PlanBook: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case defaultPlan = "default_plan"
        case plans
        case analysisSecondMicroUSD = "analysis_second_microusd"
        case requestLimits = "request_limits"
    }

    public init(from decoder: any Decoder) throws {
        try decoder.refuseUnknownKeys(CodingKeys.self)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let price = try container.decodeIfPresent(Int.self, forKey: .analysisSecondMicroUSD) ?? 15
        guard price >= 0 else {
            throw DecodingError.dataCorruptedError(
                forKey: .analysisSecondMicroUSD, in: container,
                debugDescription: "'\(CodingKeys.analysisSecondMicroUSD.stringValue)' is negative")
        }
        try self.init(
            defaultPlan: container.decode(String.self, forKey: .defaultPlan),
            plans: container.decode([String: Plan].self, forKey: .plans), analysisSecondMicroUSD: price,
            requestLimits: container.decodeIfPresent(RequestLimits.self, forKey: .requestLimits) ?? RequestLimits())
    }
}

public enum PlanBookError: Error, Equatable, Sendable {
    case noSuchDefault(String)
    case unreadable(String)

    init(_ error: DecodingError) {
        switch error {
        case .keyNotFound(let key, let context):
            self = .unreadable("\(Self.place(context.codingPath)) has no '\(key.stringValue)'")
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            self = .unreadable("\(Self.place(context.codingPath)) has the wrong type")
        case .dataCorrupted(let context):
            let what =
                context.codingPath.isEmpty && context.underlyingError != nil ? "not JSON" : context.debugDescription
            self = .unreadable("\(Self.place(context.codingPath)): \(what)")
        @unknown default:
            self = .unreadable("it cannot be read")
        }
    }

    private static func place(_ path: [any CodingKey]) -> String {
        path.isEmpty ? "the file" : "'" + path.map(\.stringValue).joined(separator: ".") + "'"
    }
}

extension PlanBookError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noSuchDefault(let name):
            "the plans file names the default plan '\(name)' but has no such plan: add it or name another"
        case .unreadable(let fault):
            "the plans file is wrong: \(fault). 'waxwing plans template' prints a right one"
        }
    }
}
