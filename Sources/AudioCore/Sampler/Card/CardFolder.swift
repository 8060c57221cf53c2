import Foundation

/// A folder on a card that appears whole, or not at all.
///
/// It is filled under a hidden name beside its place, put onto the disk, and renamed. A folder that is there already
/// stays as it is until then, and is kept as a backup. Whatever ends the program, the old folder is whole: in its
/// place, or, for the moment between two renames, under the backup's name, from which the next run puts it back.
public final class CardFolder {
    /// Where it will be.
    public let path: String
    /// Where files go until it is published.
    public var staging: String { stagingFolder.path }
    /// What killed runs had left for the same place, and was removed.
    public let removedLeftovers: [String]
    private let replacesExisting: Bool
    private let stagingFolder: StagingFolder
    /// Above the folder, made for it.
    private let madeFolders: [String]
    private var isPublished = false

    /// Makes room for a folder.
    ///
    /// - Parameters:
    ///   - path: where it shall be; folders above it are made.
    ///   - replacesExisting: whether what is there already is kept as a backup; it is left alone otherwise.
    /// - Throws: ``SamplerError/exists(path:)``, ``SamplerError/cannotWrite(path:reason:)``.
    public init(path: String, replacesExisting: Bool = false) throws(SamplerError) {
        // Of a relative path the folder above would have no name.
        let path = URL(fileURLWithPath: path).standardizedFileURL.path
        (self.path, self.replacesExisting) = (path, replacesExisting)
        let made = try DiskFolder.make(DiskFolder.parent(of: path))
        do throws(SamplerError) {
            let leftovers = StagingFolder.removeLeftovers(of: path)
            if !leftovers.isEmpty { Self.restore(path) }
            if !replacesExisting, DiskFolder.exists(path) { throw .exists(path: path) }
            (removedLeftovers, madeFolders) = (leftovers, made)
            stagingFolder = try StagingFolder(beside: path)
        } catch {
            DiskFolder.removeEmpty(made)
            throw error
        }
    }

    deinit {
        guard !isPublished else { return }
        stagingFolder.remove()
        DiskFolder.removeEmpty(madeFolders)
    }

    /// Makes a folder inside, and those above it.
    ///
    /// - Parameter name: `SMPL`, `PTN/A`; below ``staging``.
    public func makeFolder(_ name: String) throws(SamplerError) { _ = try DiskFolder.make("\(staging)/\(name)") }

    /// Puts the folder onto the disk and gives it its name.
    ///
    /// - Returns: where the folder is that was there before, if there was one.
    /// - Throws: ``SamplerError``; all is as it was before then, but for a card that fails after the last rename.
    @discardableResult
    public func publish() throws(SamplerError) -> String? {
        try DiskFolder.sync(staging)
        let backup = try backupIfNeeded()
        try Self.rename(staging, to: path, keeping: backup)
        isPublished = true
        for folder in Set([path] + madeFolders).map(DiskFolder.parent) { try DiskFolder.syncEntry(folder) }
        return backup
    }

    /// - Returns: what is in the way will be called.
    private func backupIfNeeded() throws(SamplerError) -> String? {
        guard DiskFolder.exists(path) else { return nil }
        guard replacesExisting else { throw .exists(path: path) }
        return Self.backup((Self.backupNumbers(of: path).max() ?? 0) + 1, of: path)
    }

    /// Gives `folder` the name of `path`, which is called `backup` from then on; or leaves both as they are.
    static func rename(_ folder: String, to path: String, keeping backup: String?) throws(SamplerError) {
        if let backup, systemRename(path, backup) != 0 {
            throw .cannotWrite(path: backup, reason: systemMessage())
        }
        guard systemRename(folder, path) == 0 else {
            let reason = systemMessage()
            if let backup { _ = systemRename(backup, path) }
            throw .cannotWrite(path: path, reason: reason)
        }
    }
}

extension CardFolder {
    /// `BACKUP1-PROJECT_03`: a unit looks for names that begin with `PROJECT_`.
    private static func backup(_ number: Int, of path: String) -> String {
        "\(DiskFolder.parent(of: path))/BACKUP\(number)-\(DiskFolder.name(of: path))"
    }

    /// Whether a name is that of a backup.
    static func isBackup(_ name: String) -> Bool { name.hasPrefix("BACKUP") }

    private static func backupNumbers(of path: String) -> [Int] {
        let names = (try? DiskFolder.names(in: DiskFolder.parent(of: path))) ?? []
        let end = "-\(DiskFolder.name(of: path))"
        return names.compactMap { name in
            guard isBackup(name), name.hasSuffix(end) else { return nil }
            return Int(name.dropFirst(6).dropLast(end.count)).flatMap { (1..<1_000_000).contains($0) ? $0 : nil }
        }
    }

    /// Puts a folder back whose replacement was killed between its two renames.
    private static func restore(_ path: String) {
        guard !DiskFolder.exists(path), let last = backupNumbers(of: path).max() else { return }
        try? rename(backup(last, of: path), to: path, keeping: nil)
    }
}

/// The system's, which has the name of a method here.
private func systemRename(_ old: String, _ new: String) -> CInt { rename(old, new) }
