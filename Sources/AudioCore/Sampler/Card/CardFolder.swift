import Foundation

/// A folder on a card that appears whole, or not at all.
///
/// It is filled under a hidden name beside its place and renamed when it is complete and on the disk. A folder that
/// is there already stays as it is until then, and is kept as a backup.
public final class CardFolder {
    /// Where it will be.
    public let path: String
    /// Where files go until it is published.
    public let staging: String
    private let replacesExisting: Bool
    private var isPublished = false

    /// Makes room for a folder.
    ///
    /// - Parameters:
    ///   - path: where it shall be; folders above it are made.
    ///   - replacesExisting: whether what is there already is kept as a backup; it is left alone otherwise.
    /// - Throws: ``SamplerError/exists(path:)``, ``SamplerError/cannotWrite(path:reason:)``.
    public init(path: String, replacesExisting: Bool = false) throws(SamplerError) {
        (self.path, self.replacesExisting) = (path, replacesExisting)
        staging = "\(Self.parent(of: path))/.waxwing-\(String(UInt64.random(in: 0 ... .max), radix: 36)).part"
        if !replacesExisting, FileManager.default.fileExists(atPath: path) { throw .exists(path: path) }
        try makeFolder("")
    }

    deinit {
        if !isPublished { try? FileManager.default.removeItem(atPath: staging) }
    }

    /// Makes a folder inside, and those above it.
    public func makeFolder(_ name: String) throws(SamplerError) {
        do {
            try FileManager.default.createDirectory(atPath: "\(staging)/\(name)", withIntermediateDirectories: true)
        } catch {
            throw .cannotWrite(path: path, reason: systemMessage())
        }
    }

    /// Gives the folder its name.
    ///
    /// - Returns: where the folder is that was there before, if there was one.
    @discardableResult
    public func publish() throws(SamplerError) -> String? {
        var backup: String?
        if FileManager.default.fileExists(atPath: path) {
            guard replacesExisting else { throw .exists(path: path) }
            backup = freeBackupName()
        }
        if let backup, rename(path, backup) != 0 { throw .cannotWrite(path: backup, reason: systemMessage()) }
        guard rename(staging, path) == 0 else {
            let reason = systemMessage()
            if let backup { _ = rename(backup, path) }
            throw .cannotWrite(path: path, reason: reason)
        }
        isPublished = true
        return backup
    }

    private func freeBackupName() -> String {
        var number = 1
        while FileManager.default.fileExists(atPath: "\(path).backup\(number)") { number += 1 }
        return "\(path).backup\(number)"
    }

    private static func parent(of path: String) -> String { (path as NSString).deletingLastPathComponent }
}
