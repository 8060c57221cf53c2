import AudioCore
import Crypto
import Foundation
import Storage

/// The folder that is synced: what is in it, what is kept of it, and what is put into it. While this lives no other run is
/// at work on it.
final class SyncFolder: Sendable {
    private static let stateName = ".waxwing-sync"
    private static let trashName = ".waxwing-trash"

    let path: String
    private let lock: FileLock

    /// - Throws: ``OutputProblem`` when another run is at work on it, or it cannot be written.
    init(_ path: String) throws {
        self.path = path
        do {
            guard let lock = try FileLock(ifFree: "\(path)/\(Self.stateName).lock") else {
                throw OutputProblem("\(path.printable) is being synced by another run: wait for it, or end it")
            }
            self.lock = lock
        } catch is ObjectStoreError {
            throw OutputProblem("\(path.printable) cannot be written: check who may")
        }
        removeLeftovers()
    }

    /// What a killed run was writing.
    private func removeLeftovers() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        where name.hasPrefix(".waxwing-") && name.hasSuffix(".part") {
            unlink("\(path)/\(name)")
        }
    }

    /// Nil for a folder that was never synced.
    ///
    /// - Throws: ``OutputProblem`` for a file that is damaged, or of a newer program.
    func state() throws -> SyncState? {
        let file = "\(path)/\(Self.stateName)"
        guard FileManager.default.fileExists(atPath: file) else { return nil }
        guard let data = FileManager.default.contents(atPath: file),
            let state = try? JSONDecoder().decode(SyncState.self, from: data), state.version == SyncState.version
        else {
            throw OutputProblem(
                "\(file.printable) is damaged or of another version: remove it, and all is compared anew")
        }
        return state
    }

    /// Seen whole or not at all, and on the disk when this returns.
    func save(_ state: SyncState) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let file = try OutputFile(path: "\(path)/\(Self.stateName)", replaces: true)
        try encoder.encode(state).withUnsafeBytes { _ = file.write($0) }
        try file.publish()
    }

    /// All audio files below the folder, by their paths in it. Only those are read that are not as they were.
    ///
    /// - Parameter report: is told of files that cannot be read.
    func files(
        knowing old: [String: SyncState.ReadFile], _ report: (FileProblem) -> Void
    ) throws
        -> [String: SyncState.ReadFile]
    {
        var files: [String: SyncState.ReadFile] = [:]
        for name in names() {
            try Task.checkCancellation()
            guard let stamp = ContentStamp("\(path)/\(name)") else { continue }
            if let known = old[name], known.stamp == stamp {
                files[name] = known
            } else if let digest = Self.digest(of: "\(path)/\(name)"), ContentStamp("\(path)/\(name)") == stamp {
                files[name] = SyncState.ReadFile(stamp: stamp, digest: digest)
            } else {
                report(
                    FileProblem(path: name, reason: "cannot be read, or is being written: it is left for the next run"))
            }
        }
        return files
    }

    /// What is there, without looking into it.
    func stamps() -> [String: ContentStamp] {
        Dictionary(names().compactMap { name in ContentStamp("\(path)/\(name)").map { (name, $0) } }) { $1 }
    }

    private func names() -> [String] {
        AudioFinder.find([path]).files.map { String($0.dropFirst(path.count + (path.hasSuffix("/") ? 0 : 1))) }
    }

    static func digest(of file: String) -> String? {
        guard let handle = FileHandle(forReadingAtPath: file) else { return nil }
        defer { try? handle.close() }
        var digest = SHA256()
        do {
            while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty { digest.update(data: piece) }
        } catch { return nil }
        return digest.finalize().hexadecimal
    }

    /// Moves a file to where it can be found again. Nothing there is replaced.
    ///
    /// - Throws: ``FileProblem`` where that cannot be, or the file is not what was read.
    func trash(_ name: String, _ known: SyncState.ReadFile, on day: String) throws {
        guard ContentStamp("\(path)/\(name)") == known.stamp else {
            throw FileProblem(path: name, reason: "was changed meanwhile: it stays")
        }
        let folder = "\(path)/\(Self.trashName)/\(day)/\((name as NSString).deletingLastPathComponent)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let last = (name as NSString).lastPathComponent
        for number in 1...1000 {
            let target = "\(folder)/\(LocalName.numbered(last, number))"
            do {
                return try FileManager.default.moveItem(atPath: "\(path)/\(name)", toPath: target)
            } catch  where FileManager.default.fileExists(atPath: target) {
                continue
            } catch {
                break
            }
        }
        throw FileProblem(path: name, reason: "cannot be moved to \(Self.trashName): check who may write there")
    }

    /// Where bytes come that have no name yet; what is left there is removed by the next run.
    func partialPath() -> String { "\(path)/.waxwing-\(UUID().uuidString).part" }

    /// Gives a file a name that none has, also where case does not count; nothing is ever replaced.
    ///
    /// - Parameter taken: folded names of the folder; the new one is added.
    /// - Returns: the name.
    /// - Throws: ``FileProblem`` where the folder does not take it.
    func place(_ partial: String, as name: String, except taken: inout Set<String>) throws -> String {
        for number in 1...100_000 {
            let candidate = LocalName.numbered(name, number)
            guard taken.insert(LocalName.folded(candidate)).inserted else { continue }
            let target = "\(path)/\(candidate)"
            // A hard link, unlike a rename, never replaces.
            if link(partial, target) == 0 {
                unlink(partial)
                return candidate
            }
            if errno == EEXIST { continue }
            // A file system without links, where only a look remains.
            if !FileManager.default.fileExists(atPath: target), rename(partial, target) == 0 { return candidate }
            break
        }
        unlink(partial)
        throw FileProblem(path: name, reason: "cannot be written into the folder: check who may, and the space there")
    }

    /// Folded names of all that is in the folder itself.
    func takenNames() -> Set<String> {
        Set(((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).map(LocalName.folded))
    }
}
