/// How far a job is, as its handler tells.
public struct JobProgress: Equatable, Sendable {
    /// 0…1.
    public let fraction: Double
    /// For the owner, as "separating drums"; at most 200 bytes are kept.
    public let note: String?

    public init(_ fraction: Double, _ note: String? = nil) {
        self.fraction = fraction.isFinite ? min(max(fraction, 0), 1) : 0
        self.note = note?.storable(bytes: 200)
    }
}
