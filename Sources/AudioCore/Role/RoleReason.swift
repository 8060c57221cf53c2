import Foundation

/// Puts into words why a rule won.
struct RoleReason {
    let rule: RoleRule
    /// The next best role.
    let second: Role?

    private static let most = 4

    /// "82 % of the energy below 200 Hz, falls by 20 dB in 0.14 s, attack 3 ms; the next best is tom."
    func sentence(_ shape: SoundShape) -> String {
        let degrees = rule.conditions.map { (measure: $0.measure, degree: $0.degree(shape)) }
        var said: [ShapeMeasure] = []
        for (measure, degree) in degrees where degree >= 0.5 && said.count < Self.most && !said.contains(measure) {
            said.append(measure)
        }
        var parts = said.isEmpty ? ["nothing fits well"] : [said.map { $0.words(shape) }.joined(separator: ", ")]
        if [.kick, .tom].contains(rule.role), shape.periodicity.fall >= 0.15 {
            parts[0] += String(format: ", the pitch falls by %.1f octaves", shape.periodicity.fall)
        }
        if let worst = degrees.min(by: { $0.degree < $1.degree }), worst.degree < 0.5, !said.contains(worst.measure) {
            parts.append("against it: \(worst.measure.words(shape))")
        }
        if let second { parts.append("the next best is \(second.rawValue)") }
        let text = parts.joined(separator: "; ")
        return text.prefix(1).uppercased() + text.dropFirst() + "."
    }
}
