import Foundation

/// Tells the role of a sound by the rules of ``RoleRule``.
///
/// Source: P. Herrera, A. Yeterian, F. Gouyon, 2002, and P. Herrera, A. Dehamel, F. Gouyon, "Automatic labeling of
/// unpitched percussion sounds", AES 114, 2003 (which measures tell drums apart); the rules are our own.
struct RoleEstimator {
    /// Nothing can be said about less: seconds.
    private static let shortest = 0.01
    /// Fewer strokes are no pattern.
    private static let fewestStrokes = 3

    /// - Returns: `nil` for songs and for what is shorter than 10 ms.
    func estimate(_ shape: SoundShape, kind: SoundKind, duration: Double) -> RoleEstimate? {
        guard kind != .song, duration >= Self.shortest else { return nil }
        let ranked = ranked(shape, kind)
        guard let winner = ranked.first else { return nil }
        let second = ranked.count > 1 ? ranked[1] : nil
        return RoleEstimate(
            role: winner.rule.role, confidence: confidence(winner.score, second: second?.score).rounded(digits: 6),
            reason: RoleReason(rule: winner.rule, second: second?.rule.role).sentence(shape),
            candidates: ranked.prefix(3).map {
                RoleCandidate(role: $0.rule.role, score: $0.score.rounded(digits: 6))
            })
    }

    private typealias Scored = (rule: RoleRule, score: Double)

    /// The best rule of each role, best first; of equal ones the first of ``RoleRule/all``.
    private func ranked(_ shape: SoundShape, _ kind: SoundKind) -> [Scored] {
        var best: [Scored] = []
        for rule in RoleRule.all where applies(rule.role, shape, kind) {
            let scored: Scored = (rule, rule.score(shape))
            if let index = best.firstIndex(where: { $0.rule.role == rule.role }) {
                if scored.score > best[index].score { best[index] = scored }
            } else {
                best.append(scored)
            }
        }
        let order = best.indices.sorted { left, right in
            best[left].score == best[right].score ? left < right : best[left].score > best[right].score
        }
        return order.map { best[$0] }
    }

    private func applies(_ role: Role, _ shape: SoundShape, _ kind: SoundKind) -> Bool {
        if role == .drums, shape.level.strokes < Self.fewestStrokes { return false }
        return kind == .oneShot || Role.ofLoops.contains(role)
    }

    /// The share that was right of answers as good and as far ahead, by logistic regression on kits and voices that
    /// the thresholds were not read off.
    private func confidence(_ score: Double, second: Double?) -> Double {
        let margin = min(log(score / max(second ?? 0, 1e-12)), 8)
        return 1 / (1 + exp(-(0.45 * margin + 0.25 * log(score) - 0.155)))
    }
}
