/// Something about a plan file that is wrong, or looks so.
public struct PlanProblem: Hashable, Sendable {
    public enum Severity: String, Sendable {
        /// The file is not taken.
        case error
        /// It is, but somebody should look.
        case warning
    }

    public let severity: Severity
    /// `plans.pro.prices[0].cents`; nil for the file as a whole.
    public let place: String?
    public let text: String

    static func error(_ place: String?, _ text: String) -> PlanProblem {
        PlanProblem(severity: .error, place: place, text: text)
    }

    static func warning(_ place: String?, _ text: String) -> PlanProblem {
        PlanProblem(severity: .warning, place: place, text: text)
    }
}

extension PlanProblem: CustomStringConvertible {
    public var description: String { "\(place.map { "'\($0)'" } ?? "the file"): \(text)" }
}

extension PlanProblem {
    init(_ error: DecodingError) {
        switch error {
        case .keyNotFound(let key, let context):
            self = .error(Self.place(context.codingPath), "'\(key.stringValue)' is missing")
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            self = .error(Self.place(context.codingPath), "has the wrong type")
        case .dataCorrupted(let context):
            let isNoJSON = context.codingPath.isEmpty && context.underlyingError != nil
            self = .error(Self.place(context.codingPath), isNoJSON ? "not JSON" : context.debugDescription)
        @unknown default:
            self = .error(nil, "it cannot be read")
        }
    }

    static func place(_ path: [any CodingKey]) -> String? {
        path.isEmpty
            ? nil
            : path.dropFirst().reduce(path[0].stringValue) { place, key in
                key.intValue.map { "\(place)[\($0)]" } ?? "\(place).\(key.stringValue)"
            }
    }
}

/// Why a plan file is not taken.
public enum PlanBookError: Error, Equatable, Sendable {
    case unreadable(String)
    /// All that is wrong; never empty.
    case wrong([PlanProblem])
}

extension PlanBookError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreadable(let fault):
            "the plans file is wrong: \(fault). 'waxwing plans template' prints a right one"
        case .wrong(let problems):
            "the plans file is wrong: \(problems.map(\.description).joined(separator: "; ")). "
                + "'waxwing plans template' prints a right one"
        }
    }
}
