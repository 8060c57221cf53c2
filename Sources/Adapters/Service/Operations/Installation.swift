import Foundation
import Storage

/// What ties the rows of a service to its objects: the same name in a row, and in the object `installation`.
///
/// With another store a worker would take the files of its jobs for lost, and an upkeep those of another service for
/// abandoned. So whoever changes either asks first. The name goes wherever the rows and objects are copied.
public struct Installation: Sendable {
    public static let migrations = MigrationSet(
        module: "installation",
        [
            Migration(
                1, "name",
                [
                    """
                    CREATE TABLE installation (
                        name TEXT PRIMARY KEY, id TEXT NOT NULL, is_marked BIGINT NOT NULL, created_at BIGINT NOT NULL)
                    """
                ])
        ])
    /// A database has one.
    private static let name = "installation"
    private static let key = "installation"

    let database: any Database
    let objects: any ObjectStore

    public init(_ database: any Database, _ objects: any ObjectStore) {
        (self.database, self.objects) = (database, objects)
    }

    /// For the start of a program that works on both; the first start gives them their name.
    ///
    /// Programs that start together agree: the first row wins, and it is a first start until the object is there too.
    ///
    /// - Throws: ``InstallationError``, ``DatabaseError``, ``ObjectStoreError``.
    public func join(at now: Timestamp) async throws {
        let row = try await name(at: now)
        if let mark = try await mark() {
            try Self.check(row, mark: mark)
        } else {
            guard !row.isMarked else { throw InstallationError.noObjects }
            do {
                try await put(row.id, if: .absent)
            } catch ObjectStoreError.conditionFailed {
                // Somebody was here in the meantime: a server of the same rows, or of others.
            }
            try Self.check(row, mark: try await mark())
        }
        if !row.isMarked { try await noteMark(true) }
    }

    /// Whether the objects are those of the rows; changes nothing, and asks for no more than there is.
    ///
    /// - Throws: ``InstallationError``, ``DatabaseError``, ``ObjectStoreError``.
    public func check() async throws {
        let mark = try await mark()
        if let row = try await knownName() {
            try Self.check(row, mark: mark)
        } else if mark != nil {
            throw InstallationError.otherObjects
        }
    }

    /// Before a backup is brought here: a store of other objects than those of the rows here or of the backup is refused.
    ///
    /// - Parameter kept: the objects of the backup.
    /// - Throws: ``InstallationError/otherObjects``, ``DatabaseError``, ``ObjectStoreError``.
    public func checkBeforeRestore(of kept: any ObjectStore) async throws {
        guard let mark = try await mark() else { return }
        if let row = try await knownName(), mark == row.id.text { return }
        guard mark == (try await Installation(database, kept).mark()) else { throw InstallationError.otherObjects }
    }

    /// Before rows are replaced by those of a backup: however far that goes, a server on the rows that are there then, or
    /// the same restore again, finds no name in its way.
    public func untie() async throws {
        if try await knownName() != nil { try await noteMark(false) }
        try await objects.delete(ObjectKey(Self.key))
    }

    /// After a backup was brought here: its rows and the objects have one name again.
    public func noteRestore(clock: any WallClock = SystemClock()) async throws {
        try await Self.noteLoad(database, clock: clock)
        try await put(try await name(at: clock.now()).id, if: .always)
        try await noteMark(true)
    }

    /// After other rows were brought here: a day passes before objects that they do not know are removed.
    public static func noteLoad(_ database: any Database, clock: any WallClock = SystemClock()) async throws {
        try await Occasion.orphans.postpone(SQLKeyValueStore(database, clock: clock), clock)
    }

    /// Ties the rows and the objects that are there to each other, whatever either was tied to.
    public func adopt(clock: any WallClock = SystemClock()) async throws {
        try await untie()
        try await noteRestore(clock: clock)
    }

    private struct Name: Sendable {
        let id: InstallationID
        /// Whether the object was there once.
        let isMarked: Bool
    }

    /// Makes the row, unless it is there.
    private func name(at now: Timestamp) async throws -> Name {
        let fresh = InstallationID.random()
        return try await database.write { session in
            try session.execute(
                """
                INSERT INTO installation (name, id, is_marked, created_at) VALUES (\(Self.name), \(fresh), 0, \(now))
                ON CONFLICT (name) DO NOTHING
                """)
            guard let name = try Self.name(in: session) else {
                throw DatabaseError.unexpected("the row of the installation is gone")
            }
            return name
        }
    }

    /// Nil in a database that no server of this version has used.
    private func knownName() async throws -> Name? {
        guard try await database.migrationStatus([Self.migrations]).allSatisfy({ $0.pending.isEmpty }) else {
            return nil
        }
        return try await database.read { try Self.name(in: $0) }
    }

    private static func name(in session: any ReadSession) throws -> Name? {
        try session.row("SELECT id, is_marked FROM installation WHERE name = \(name)").map {
            Name(id: try $0.get("id"), isMarked: try $0.get("is_marked"))
        }
    }

    private func noteMark(_ isMarked: Bool) async throws {
        _ = try await database.write {
            try $0.execute("UPDATE installation SET is_marked = \(isMarked) WHERE name = \(Self.name)")
        }
    }

    private func put(_ id: InstallationID, if condition: WriteCondition) async throws(ObjectStoreError) {
        let bytes = ByteStream(Array(id.text.utf8))
        _ = try await objects.put(
            bytes, at: ObjectKey(Self.key), ObjectAttributes(contentType: "text/plain"), if: condition)
    }

    /// What the object says; nil when there is none.
    private func mark() async throws -> String? {
        do {
            let bytes = try await objects.get(ObjectKey(Self.key)).stream.collected()
            return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        } catch ObjectStoreError.notFound {
            return nil
        }
    }

    private static func check(_ row: Name, mark: String?) throws(InstallationError) {
        guard let mark else {
            if row.isMarked { throw .noObjects }
            return
        }
        guard mark == row.id.text else { throw .otherObjects }
    }
}

public typealias InstallationID = Identifier<Installation>

/// Why a program does not go to work on these rows and objects.
public enum InstallationError: Error, Equatable, Sendable {
    case otherObjects
    case noObjects
}

extension InstallationError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .otherObjects:
            """
            the store holds the objects of another installation than the database: set DATABASE_URL, S3_BUCKET and \
            WAXWING_DATA as all servers of one installation have them, with a bucket or folder for it alone. Only if \
            they belong together from now on: 'waxwing store adopt'
            """
        case .noObjects:
            """
            the store does not hold the objects of this database (the object 'installation' is missing): set S3_BUCKET \
            or WAXWING_DATA as its other servers have them, or bring the objects back with 'waxwing restore --replace'. \
            Only if they are lost: 'waxwing store adopt'
            """
        }
    }
}
