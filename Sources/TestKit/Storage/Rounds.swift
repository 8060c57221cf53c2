import Foundation

/// How often a proof repeats: a few times in every run, and as often as `WAXWING_ROUNDS` says when it is set.
public enum Rounds {
    private static let asked = ProcessInfo.processInfo.environment["WAXWING_ROUNDS"].flatMap(Int.init)

    /// - Parameter few: without the variable.
    public static func count(_ few: Int) -> Int { max(1, asked ?? few) }

    /// What a proof may take: far more than it does, also among others on a busy machine, but not for ever.
    public static let minutes = asked == nil ? 60 : 600

    /// Prints what a proof has counted.
    public static func report(_ counts: String) { print(counts) }
}
