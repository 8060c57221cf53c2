/// What a sound is, told from rules that can be read.
public struct RoleEstimate: Equatable, Sendable {
    /// The role whose conditions hold best.
    public var role: Role
    /// How likely that is right, 0…1: calibrated, see <doc:WhatASampleIs>.
    public var confidence: Double
    /// Why, in one sentence with the numbers that decided.
    public var reason: String
    /// The three roles whose conditions hold best, best first.
    public var candidates: [RoleCandidate]

    public init(role: Role, confidence: Double, reason: String, candidates: [RoleCandidate]) {
        (self.role, self.confidence, self.reason, self.candidates) = (role, confidence, reason, candidates)
    }
}

/// A role that a sound may have.
public struct RoleCandidate: Codable, Equatable, Sendable {
    /// The role in question.
    public var role: Role
    /// How far all its conditions hold at once, 0…1: 1 if each holds fully.
    public var score: Double

    public init(role: Role, score: Double) { (self.role, self.score) = (role, score) }
}

extension RoleEstimate {
    static func encode(_ estimate: RoleEstimate?, into container: inout FeatureContainer.Encoding) throws {
        try container.encode(estimate?.role, forKey: "role")
        try container.encode(estimate?.confidence, forKey: "role_confidence")
        try container.encode(estimate?.reason, forKey: "role_reason")
        try container.encode(estimate?.candidates ?? [], forKey: "role_candidates")
    }

    init?(from container: FeatureContainer.Decoding) throws {
        guard let role = try container.decodeIfPresent(Role.self, forKey: "role") else { return nil }
        try self.init(
            role: role, confidence: container.decodeIfPresent(Double.self, forKey: "role_confidence") ?? 0,
            reason: container.decodeIfPresent(String.self, forKey: "role_reason") ?? "",
            candidates: container.decodeIfPresent([RoleCandidate].self, forKey: "role_candidates") ?? [])
    }
}
