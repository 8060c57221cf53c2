/// What is wrong with a file of a project, or with what is said of a pad.
public struct ProjectProblem: Equatable, Sendable {
    /// What follows from it.
    public enum Severity: String, Sendable, Codable {
        /// A unit would not load the file, or the pad would not play what is on it.
        case error
        /// Odd, but nothing is lost.
        case warning
    }

    public let severity: Severity
    /// Below the project: `SMPL/BANK1-01.SMP`.
    public let file: String
    /// `nil` for what concerns no single pad.
    public let pad: PadAddress?
    /// What is wrong.
    public let problem: String
    /// What to do.
    public let remedy: String

    static func error(_ file: String, pad: PadAddress? = nil, _ problem: String, _ remedy: String) -> Self {
        Self(severity: .error, file: file, pad: pad, problem: problem, remedy: remedy)
    }

    static func warning(_ file: String, pad: PadAddress? = nil, _ problem: String, _ remedy: String) -> Self {
        Self(severity: .warning, file: file, pad: pad, problem: problem, remedy: remedy)
    }
}

extension ProjectProblem: CustomStringConvertible {
    public var description: String { "\(file): \(pad.map { "\($0): " } ?? "")\(problem): \(remedy)" }
}
