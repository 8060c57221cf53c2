import Storage

/// The tables of ``Schedules``; they need those of ``JobSchema``.
public enum ScheduleSchema {
    public static let migrations = MigrationSet(
        module: "schedule",
        [
            Migration(
                1, "schedules and their runs",
                [
                    """
                    CREATE TABLE schedules (
                        name TEXT \(.byteOrder) PRIMARY KEY, registrant TEXT NOT NULL, recurrence TEXT NOT NULL,
                        catch_up TEXT NOT NULL, kind TEXT NOT NULL, payload TEXT NOT NULL, queue TEXT NOT NULL,
                        priority BIGINT NOT NULL, owner TEXT, paused BIGINT NOT NULL, disabled BIGINT NOT NULL,
                        settled_until BIGINT NOT NULL, next_slot BIGINT, last_run TEXT, created_at BIGINT NOT NULL)
                    """,
                    "CREATE INDEX schedules_due ON schedules (next_slot, name) WHERE paused = 0 AND disabled = 0",
                    "CREATE INDEX schedules_of_registrant ON schedules (registrant)",
                    """
                    CREATE TABLE schedule_runs (
                        id TEXT PRIMARY KEY, schedule TEXT \(.byteOrder) NOT NULL, slot BIGINT,
                        created_at BIGINT NOT NULL, claimed_by TEXT NOT NULL, job_id TEXT, passed_over BIGINT)
                    """,
                    // Whatever clocks and schedulers do, a slot is claimed once. Runs by hand have no slot.
                    "CREATE UNIQUE INDEX schedule_runs_once ON schedule_runs (schedule, slot)",
                    "CREATE INDEX schedule_runs_of ON schedule_runs (schedule, created_at DESC, id DESC)",
                    "CREATE INDEX schedule_runs_by_age ON schedule_runs (created_at DESC, id DESC)",
                    "CREATE UNIQUE INDEX schedule_runs_job ON schedule_runs (job_id)",
                ])
        ])
}
