/// How much happened.
public struct SimulationCounts: Equatable, Sendable {
    /// That changed something.
    public var commits = 0
    public var claims = 0
    /// Jobs that were done, and those of them that a `Worker` did.
    public var effects = 0
    public var served = 0
    /// Lost leases that a `Worker` ended.
    public var rescues = 0
    public var deaths = 0
    /// Workers that were told to stop.
    public var retirements = 0
    /// What stale workers tried, and may not.
    public var refusals = 0
    public var doubled = 0
    public var unanswered = 0
    public var jumps = 0
    /// Runs of workflows, and of schedules.
    public var flows = 0
    public var slots = 0

    public init() {}

    public static func += (sum: inout SimulationCounts, counts: SimulationCounts) {
        sum.commits += counts.commits
        sum.claims += counts.claims
        sum.effects += counts.effects
        sum.served += counts.served
        sum.rescues += counts.rescues
        sum.deaths += counts.deaths
        sum.retirements += counts.retirements
        sum.refusals += counts.refusals
        sum.doubled += counts.doubled
        sum.unanswered += counts.unanswered
        sum.jumps += counts.jumps
        sum.flows += counts.flows
        sum.slots += counts.slots
    }
}

extension SimulationCounts: CustomStringConvertible {
    public var description: String {
        """
        \(commits) commits, \(claims) leases, \(effects) jobs done (\(served) by workers, after \(rescues) rescues), \(flows) workflows, \(slots) slots; \(deaths) deaths, \
        \(retirements) stops, \(refusals) stale workers refused, \(doubled) doubled, \(unanswered) unanswered, \(jumps) clock jumps
        """
    }
}
