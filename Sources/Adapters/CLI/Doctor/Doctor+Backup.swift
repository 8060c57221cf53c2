import Storage
import WaxwingService

extension Doctor {
    /// Whether what is there is also somewhere else.
    func backupFinding(_ database: any InspectableDatabase) async -> Finding {
        do {
            let standing = try await Self.timely {
                try await BackupRecord(database).standing(at: SystemClock().now())
            }
            return Self.finding(standing)
        } catch {
            return .warning("backup", "nobody can tell when there was one: \(error)", Self.make)
        }
    }

    static func finding(_ standing: BackupRecord.Standing) -> Finding {
        switch standing {
        case .kept(let age):
            let words = "the last one is \(age.days) days old"
            return standing.isOverdue ? .warning("backup", words, make) : .ok("backup", words)
        case .never:
            return standing.isOverdue
                ? .warning("backup", "there was none by 'waxwing backup'", make)
                : .ok("backup", "none yet, of a service that is younger than a week")
        }
    }

    private static let make = "'waxwing backup' into a folder on another disk, every day"
}

extension Duration {
    fileprivate var days: Int64 { components.seconds / 86_400 }
}
