/// Who of those that hold leases has been silent, by a clock that nobody turns: those of machines differ, and are set.
struct LeaseWatch {
    private struct Sight {
        let lease: HeldLease
        let since: ContinuousClock.Instant
    }

    private var sights: [JobID: Sight] = [:]
    private var lastLook: ContinuousClock.Instant?

    /// - Parameters:
    ///   - leases: all that there are now.
    ///   - silence: how long the holder of a job of some kind may be silent.
    /// - Returns: those that have been as they are for so long.
    mutating func silent(
        among leases: [HeldLease], at now: ContinuousClock.Instant, after silence: (_ kind: String) -> Duration
    ) -> [HeldLease] {
        let gap = lastLook.map { $0.duration(to: now) } ?? .zero
        var present: [JobID: Sight] = [:]
        for lease in leases {
            let known = sights[lease.job]
            // Who could not look, as the database was away or the machine slept, does not know who could not speak.
            let isSilent = known?.lease == lease && gap <= silence(lease.kind) / 2
            present[lease.job] = isSilent ? known : Sight(lease: lease, since: now)
        }
        (sights, lastLook) = (present, now)
        return leases.filter { lease in
            present[lease.job].map { $0.since.duration(to: now) >= silence(lease.kind) } ?? false
        }
    }
}
