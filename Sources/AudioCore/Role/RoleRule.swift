import Foundation

/// Something that should be so of a sound: not at all at one value, fully at another, in between by degrees.
struct RoleCondition: Equatable, Sendable {
    let measure: ShapeMeasure
    let none: Double
    let full: Double

    /// No single condition rules a role out: a kick may have a long tail.
    private static let floor = 0.03

    /// - Parameters:
    ///   - none: where it does not hold; above `full` for what should be small.
    ///   - full: where it holds.
    init(_ measure: ShapeMeasure, _ none: Double, _ full: Double) {
        (self.measure, self.none, self.full) = (measure, none, full)
    }

    /// How far it holds, 0.03…1.
    func degree(_ shape: SoundShape) -> Double {
        let value = measure.value(shape)
        let position =
            measure.isLogarithmic ? log(value / none) / log(full / none) : (value - none) / (full - none)
        return Self.floor + (1 - Self.floor) * min(max(position, 0), 1)
    }
}

/// What a sound of a role is like. A role may have several rules: the one that holds best counts.
struct RoleRule: Sendable {
    let role: Role
    /// Less than 1 for roles that are told from what they are not.
    let weight: Double
    /// The most telling first.
    let conditions: [RoleCondition]

    init(_ role: Role, weight: Double = 1, _ conditions: [RoleCondition]) {
        (self.role, self.weight, self.conditions) = (role, weight, conditions)
    }

    /// How far all conditions hold at once, 0…1: their product.
    func score(_ shape: SoundShape) -> Double {
        conditions.reduce(weight) { $0 * $1.degree(shape) }
    }
}
