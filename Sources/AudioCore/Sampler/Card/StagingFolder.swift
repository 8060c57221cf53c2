import Foundation

/// A hidden folder that one process fills, and that others know to be in use.
///
/// The process holds a lock on it, which the system lets go when the process is gone, however it ends: a folder that
/// is not locked is what a killed run left.
final class StagingFolder {
    let path: String
    private let descriptor: CInt

    /// Makes one beside `target`.
    init(beside target: String) throws(SamplerError) {
        let random = String(UInt64.random(in: 0 ... .max), radix: 36)
        path = "\(DiskFolder.parent(of: target))/\(Self.start(of: target))\(random)\(Self.end)"
        guard mkdir(path, 0o777) == 0 else { throw .cannotWrite(path: target, reason: systemMessage()) }
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        // A file system without locks has no leftovers found either, as nobody can tell whose they are.
        let isTaken = flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK
        guard descriptor >= 0, !isTaken, DiskFolder.exists(path) else {
            throw .cannotWrite(path: target, reason: "another run took it for a leftover, or \(systemMessage())")
        }
    }

    deinit { Self.letGo(descriptor) }

    func remove() { try? FileManager.default.removeItem(atPath: path) }

    /// Removes what killed runs left for the same target.
    ///
    /// - Returns: the folders that are gone.
    static func removeLeftovers(of target: String) -> [String] {
        let folder = DiskFolder.parent(of: target)
        let names = (try? DiskFolder.names(in: folder)) ?? []
        return names.filter { isStaging($0, of: target) }.map { "\(folder)/\($0)" }.filter(removeIfUnused)
    }

    /// Not that of a folder whose name goes on: `Kit-2` for `Kit`.
    private static func isStaging(_ name: String, of target: String) -> Bool {
        guard name.hasPrefix(start(of: target)), name.hasSuffix(end) else { return false }
        return !name.dropFirst(start(of: target).count).dropLast(end.count).contains("-")
    }

    private static func removeIfUnused(_ path: String) -> Bool {
        // O_NOFOLLOW: a link of that name leads to somebody else's folder.
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { letGo(descriptor) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return false }
        return (try? FileManager.default.removeItem(atPath: path)) != nil
    }

    /// A child that another thread is starting has a copy of the descriptor, and so of the lock, until it is its program.
    private static func letGo(_ descriptor: CInt) {
        _ = flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    private static func start(of target: String) -> String { ".waxwing-\(DiskFolder.name(of: target))-" }
    private static let end = ".part"
}
