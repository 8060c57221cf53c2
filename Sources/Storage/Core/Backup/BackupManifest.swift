import Foundation

/// What a backup says about itself, in `backup.json`.
public struct BackupManifest: Codable, Equatable, Sendable {
    public static let currentFormat = 1

    public let format: Int
    public let createdAt: Timestamp
    public let database: DumpSummary
    /// How often the rows were taken until each had its object.
    public let snapshots: Int
    public let objects: Int
    /// Of the objects.
    public let bytes: Int
    /// Keys of rows whose object was gone before the backup began.
    public let missing: [ObjectKey]
    /// Objects that were damaged before the backup began; they are not in it.
    public let damaged: [ObjectKey]
}

/// What can go wrong with a backup, besides its database, its dump and its objects.
public enum BackupError: Error, Equatable, Sendable {
    /// Another process writes to the same place.
    case underWay(String)
    case notABackup(String)
    case newerFormat(Int)
    /// The dump is not the one that was kept.
    case otherDump(String)
    /// Objects are not all that were kept.
    case objectsLost(String, reason: String)
    /// Objects were deleted faster than they could be looked for.
    case unsettled(rows: Int)
    /// The store to restore into has an object that is not one of the backup.
    case storeNotEmpty(ObjectKey)
}

extension BackupError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .underWay(let folder):
            "another backup to '\(folder)' is under way: wait for it, or choose another folder"
        case .notABackup(let folder):
            "'\(folder)' is not a whole backup: it has no readable backup.json"
        case .newerFormat(let format):
            "the backup has format \(format), this program reads \(BackupManifest.currentFormat): use the newer program"
        case .otherDump(let folder):
            "the database.dump in '\(folder)' is of another backup: nothing was changed; use another copy of the folder"
        case .objectsLost(let folder, let reason):
            "'\(folder)' is not whole (\(reason)): nothing was changed; use another copy of it, or say that objects may be lacking"
        case .unsettled(let rows):
            "objects of \(rows) rows were deleted while they were looked for: try again when less is uploaded and deleted"
        case .storeNotEmpty(let key):
            "the store has '\(key)', which is not in the backup: restore into an empty one, or say that it may be mixed"
        }
    }
}
