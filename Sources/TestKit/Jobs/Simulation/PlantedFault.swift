import Storage

/// A mistake that the engine could have, and that a simulation must find: statements are rewritten on their way.
public enum PlantedFault: String, CaseIterable, Sendable {
    case commitComparesNoToken = "a stale worker decides on what it remembers, and its commit compares no token"
    case claimTakesLeased = "a claim takes jobs that are leased"
    case claimKeepsToken = "the token does not grow with a lease"
    case claimCountsNoAttempt = "a claim counts no attempt"
    case claimIgnoresPause = "a claim does not ask whether the queue is paused"
    case promotionIgnoresTime = "jobs that wait for their time are ready at once"
    case promotionTakesCancelled = "cancelled jobs become ready again"
    case reclaimIgnoresTime = "leases are taken away before they end"
    case uniquenessIsForgotten = "of two unique jobs both are taken"
    case enqueueLosesJobs = "an accepted job is not written"
    case slotsHaveNoUniqueRow = "a slot is claimed without its unique row"
    case refusedEffectsAreKept = "what a refused worker has written is kept"
    case stepsAreNotRecorded = "a step's writes are kept without its result"
    case signalsWakeNobody = "a signal does not wake the run that waits for it"
    case workersHurry = "workers count two seconds where one goes by"
    case stopsAreNotHeard = "a worker that is told to stop goes on"

    // Each of the two guards of a commit alone

    case commitRemembers = "a stale worker decides on what it remembers"
    case statementComparesNoToken = "the statement of a commit compares no token"

    /// Of the two guards against stale workers one is left, and must do.
    public static let harmless: Set<PlantedFault> = [.commitRemembers, .statementComparesNoToken]

    /// What stands in the statements, and what is put in its place.
    var replacements: [(String, String)] {
        switch self {
        case .commitComparesNoToken, .statementComparesNoToken:
            [(" AND lease_token = ", " AND -1 <> "), (" AND state = ", " AND '' <> ")]
        case .claimTakesLeased: [("state = 'ready' AND queue = ", "state IN ('ready', 'leased') AND queue = ")]
        case .claimKeepsToken: [("lease_token = lease_token + 1", "lease_token = lease_token")]
        case .claimCountsNoAttempt: [("attempts = attempts + 1", "attempts = attempts")]
        case .claimIgnoresPause: [("AND is_paused = 1", "AND is_paused = 2")]
        case .promotionIgnoresTime: [("'retryable') AND run_at <= ", "'retryable') AND 0 <= ")]
        case .promotionTakesCancelled:
            [("'retryable') AND run_at <= ", "'retryable', 'cancelled') AND run_at <= ")]
        case .reclaimIgnoresTime:
            [
                ("lease_token, lease_until FROM jobs", "lease_token, lease_until - 3600000 AS lease_until FROM jobs"),
                (" AND lease_until = ", " AND -1 <> "),
            ]
        case .slotsHaveNoUniqueRow: [("ON CONFLICT (schedule, slot) DO NOTHING", "")]
        case .commitRemembers, .uniquenessIsForgotten, .enqueueLosesJobs, .refusedEffectsAreKept, .stepsAreNotRecorded,
            .signalsWakeNobody, .workersHurry, .stopsAreNotHeard:
            []
        }
    }

    /// What is not done at all.
    var droppedStatement: String? {
        switch self {
        // The history of attempts has a row for each token, which alone would refuse the second.
        case .commitComparesNoToken: "INSERT INTO job_attempts"
        case .enqueueLosesJobs: "INSERT INTO jobs"
        case .stepsAreNotRecorded: "INSERT INTO workflow_steps"
        default: nil
        }
    }

    /// What of the tables it does without.
    var preparation: SQL? {
        self == .slotsHaveNoUniqueRow ? "DROP INDEX IF EXISTS schedule_runs_once" : nil
    }
}
