import Foundation
import Jobs
import SampleLibrary
import Storage

extension UseCases {
    /// The columns of every module by which rows have objects.
    public static let objectReferences = LibrarySchema.objects

    /// Below it every object has a row. What comes in or goes out, elsewhere, lives for a time only.
    public static let keptPrefix = "processed/"

    /// Rows that need an upload until it is in the library: its job, and before it the session of one sent by link.
    public static let passingReferences = [
        PassingReference("jobs", ["kind", "state", "payload"], below: Upload.pendingPrefix) { values in
            guard values.count == 3, case .text(let state) = values[1],
                JobSchema.openStates.contains(state), case .text(let payload) = values[2]
            else { return nil }
            switch values[0] {
            case .text(AnalyzeUpload.kind):
                return try? JSONDecoder().decode(AnalyzeUpload.Payload.self, from: Data(payload.utf8)).pendingKey
            case .text(KeepFile.kind):
                return try? JSONDecoder().decode(KeepFile.Payload.self, from: Data(payload.utf8)).pendingKey
            default: return nil
            }
        },
        PassingReference("upload_sessions", ["state", "object_key"], below: Upload.pendingPrefix) { values in
            guard values.count == 2, values[0] == .text("uploaded") || values[0] == .text("verified"),
                case .text(let key) = values[1]
            else { return nil }
            return key
        },
    ]

    public static func orphanSweep(
        _ objects: any ObjectStore, _ database: any Database, _ clock: any WallClock
    ) -> OrphanSweep {
        OrphanSweep(objects, references: SQLReferencedKeys(database, in: objectReferences), clock: clock)
    }
}
