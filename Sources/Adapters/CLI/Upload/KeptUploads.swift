import Crypto
import Foundation

/// Which uploads were begun and not ended, in files of the user's: by them a later run goes on.
struct KeptUploads: Sendable {
    struct Entry: Codable, Sendable {
        let server: String
        let path: String
        let stamp: ContentStamp
        let upload: String
    }

    private let folder: String

    init(_ environment: [String: String] = ProcessInfo.processInfo.environment) {
        let home = environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        folder = (home ?? (environment["HOME"] ?? NSHomeDirectory()) + "/.local/state") + "/waxwing/uploads"
    }

    /// The upload that was begun of a file, if the file is still the same.
    func find(_ file: LocalFile, at server: ServerAddress) -> String? {
        guard let data = FileManager.default.contents(atPath: path(of: file, server)),
            let entry = try? JSONDecoder().decode(Entry.self, from: data),
            entry.server == server.text, entry.path == file.path.absolutePath, entry.stamp == file.stamp,
            UUID(uuidString: entry.upload) != nil
        else { return nil }
        return entry.upload
    }

    /// Where it cannot be kept the upload goes on all the same, and begins anew after an interruption.
    func keep(_ upload: String, of file: LocalFile, at server: ServerAddress) {
        let entry = Entry(server: server.text, path: file.path.absolutePath, stamp: file.stamp, upload: upload)
        try? FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try? JSONEncoder().encode(entry).write(to: URL(fileURLWithPath: path(of: file, server)), options: .atomic)
    }

    func forget(_ file: LocalFile, at server: ServerAddress) {
        try? FileManager.default.removeItem(atPath: path(of: file, server))
    }

    private func path(of file: LocalFile, _ server: ServerAddress) -> String {
        let name = SHA256.hash(data: Data("\(server.text)\n\(file.path.absolutePath)".utf8)).hexadecimal
        return "\(folder)/\(name.prefix(32)).json"
    }
}
