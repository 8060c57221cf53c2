import Foundation
import Jobs
import Storage
import StorageSQLite
import WaxwingService

extension Doctor {
    func databaseFindings() async -> [Finding] {
        guard places.hasRows else { return [.ok("database", "will be made at the first start")] }
        let database: any InspectableDatabase
        let status: [MigrationStatus]
        do {
            let opened = try places.database()
            status = try await Self.timely { try await opened.migrationStatus(UseCases.migrations) }
            database = opened
        } catch DatabaseError.unexpected(let words) {
            return [.failing("database", "it is damaged, or none: \(words)", Self.damaged)]
        } catch {
            return [
                .failing(
                    "database", "\(error)",
                    places.isShared
                        ? "look whether the server runs, and whether DATABASE_URL names it"
                        : "look at the disk, and at who owns \(places.folder)")
            ]
        }
        var findings = [schemaFinding(status)]
        if findings.state == .failing { return findings }
        if findings.state == .ok { findings.append(await writingFinding(database)) }
        if database is SQLiteDatabase { findings.append(await structureFinding(database)) }
        if places.isShared { findings.append(await clockFinding(database)) }
        if status.contains(where: { $0.module == JobSchema.migrations.module && $0.pending.isEmpty }) {
            findings += await queueFindings(database)
        }
        if findings.state != .failing, status.allSatisfy(\.pending.isEmpty) {
            findings.append(await backupFinding(database))
        }
        return findings
    }

    private func schemaFinding(_ status: [MigrationStatus]) -> Finding {
        if let newer = status.first(where: \.isNewer) {
            return .failing(
                "database", "a newer program has changed its schema ('\(newer.module)')",
                "run that program, or a newer one")
        }
        let pending = status.reduce(0) { $0 + $1.pending.count }
        guard pending == 0 else {
            return .warning(
                "database", "\(pending) steps of the schema are to be taken",
                "'waxwing db migrate', or the next start, after a backup")
        }
        return .ok("database", "\(places.isShared ? "PostgreSQL" : "SQLite") answers, its schema is up to date")
    }

    private static let damaged =
        "stop the service, look with 'waxwing db check', and bring it back with 'waxwing restore'"

    private struct TakenBack: Error {}

    /// Changes a row to what it is, and takes that back.
    private func writingFinding(_ database: any InspectableDatabase) async -> Finding {
        do {
            try await Self.timely {
                try await database.write { session in
                    try session.execute("UPDATE installation SET is_marked = is_marked")
                    throw TakenBack()
                }
            }
        } catch is TakenBack {
        } catch {
            return .failing(
                "database", "nothing can be written: \(error)", "look at the disk, and at this user's rights")
        }
        return .ok("database", "can be written")
    }

    private func structureFinding(_ database: any InspectableDatabase) async -> Finding {
        do {
            let words = try await Self.timely {
                try await database.read { session in
                    try session.rows("PRAGMA quick_check(1)").map { try $0.get("quick_check", as: String.self) }
                }
            }
            guard words == ["ok"] else {
                return .failing("database", "it is damaged: \(words.first ?? "no answer")", Self.damaged)
            }
            return .ok("database", "its structure is whole")
        } catch DatabaseError.unexpected(let words) {
            return .failing("database", "it is damaged: \(words)", Self.damaged)
        } catch {
            return .warning(
                "database", "its structure was not looked at: \(error)", "'waxwing db check' takes its time")
        }
    }

    private func clockFinding(_ database: any InspectableDatabase) async -> Finding {
        do {
            let asked = SystemClock().now()
            let theirs: Timestamp = try await Self.timely {
                try await database.read { session in
                    let row = try session.row(
                        "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) AS now")
                    return try row?.get("now") ?? SystemClock().now()
                }
            }
            return Self.clockFinding("clock", theirs, asked: asked, told: SystemClock().now())
        } catch {
            return .warning("clock", "the database does not tell the time: \(error)", "compare them by hand")
        }
    }
}

extension Duration {
    /// Also of a fraction.
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
