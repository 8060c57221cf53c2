import Foundation

/// A card, or a folder that stands for one.
public struct Card: Sendable {
    /// Where it is mounted.
    public let path: String
    /// Bytes that a file takes at least, and a multiple of which every file takes.
    public let clusterSize: Int
    /// Bytes that may still be written, when it was looked at.
    public let freeBytes: Int
    /// Whether it was there, when it was looked at.
    public let isThere: Bool

    /// Looks at a card.
    ///
    /// - Parameters:
    ///   - path: the folder where it is mounted.
    ///   - isMade: whether it will be made if it is not there. The folder above is looked at then.
    /// - Throws: ``SamplerError/cannotWrite(path:reason:)`` if it is not there, no folder, or may not be written to.
    public init(path: String, isMade: Bool = false) throws(SamplerError) {
        let isThere = DiskFolder.exists(path)
        let looked =
            isThere || !isMade ? path : DiskFolder.parent(of: URL(fileURLWithPath: path).standardizedFileURL.path)
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: looked, isDirectory: &isFolder) else {
            throw .cannotWrite(path: path, reason: "it is not there")
        }
        guard isFolder.boolValue else { throw .cannotWrite(path: path, reason: "it is no folder") }
        var system = statvfs()
        guard statvfs(looked, &system) == 0 else { throw .cannotWrite(path: path, reason: systemMessage()) }
        guard system.f_flag & UInt(ST_RDONLY) == 0 else {
            throw .cannotWrite(path: path, reason: "it is read-only: look for the switch at its side")
        }
        guard access(looked, W_OK) == 0 else { throw .cannotWrite(path: path, reason: systemMessage()) }
        self.isThere = isThere
        let cluster = max(512, Int(clamping: system.f_frsize))
        self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        clusterSize = cluster
        freeBytes = Int(clamping: system.f_bavail).multiplied(by: Int(clamping: system.f_frsize)) ?? .max
    }

    /// What files of these sizes take: whole clusters.
    public func bytes(forFiles sizes: some Sequence<Int>) -> Int {
        sizes.reduce(0) { sum, size in
            let clusters = max(1, (size + clusterSize - 1) / clusterSize)
            return sum.adding(clusters.multiplied(by: clusterSize) ?? .max) ?? .max
        }
    }

    /// Whether there is room.
    ///
    /// - Parameter bytes: as ``bytes(forFiles:)`` counts them.
    /// - Throws: ``SamplerError/noSpace(path:needed:free:)``.
    public func checkRoom(for bytes: Int) throws(SamplerError) {
        guard bytes <= freeBytes else { throw .noSpace(path: path, needed: bytes, free: freeBytes) }
    }
}
