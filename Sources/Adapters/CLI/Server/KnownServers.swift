import Foundation
import Storage

/// The services this user has signed in at, and the one that is meant when none is named.
struct KnownServers: Codable, Sendable {
    struct Server: Codable, Sendable {
        let address: String
        let key: String
        /// Whether http was wanted though others are on the way.
        let allowsPlain: Bool
    }

    var preferred: String?
    private(set) var servers: [Server] = []

    subscript(address: ServerAddress) -> Server? { servers.first { $0.address == address.text } }

    /// The one that is meant from now on when none is named.
    mutating func remember(_ server: Server) {
        servers.removeAll { $0.address == server.address }
        servers.append(server)
        preferred = server.address
    }

    /// - Returns: whether it was known.
    mutating func forget(_ address: ServerAddress) -> Bool {
        let count = servers.count
        servers.removeAll { $0.address == address.text }
        if preferred == address.text { preferred = servers.last?.address }
        return servers.count < count
    }
}

/// `servers.json` in the user's settings, which nobody else can read.
struct ServerBook {
    let path: String

    init(_ environment: [String: String]) {
        let home = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        path = (home ?? (environment["HOME"] ?? NSHomeDirectory()) + "/.config") + "/waxwing/servers.json"
    }

    /// - Throws: ``OutputProblem`` for a file that is damaged, or that others can read.
    func read() throws -> KnownServers {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else { return KnownServers() }
        guard let mode = attributes[.posixPermissions] as? Int, mode & 0o077 == 0 else {
            throw OutputProblem(
                "\(path.printable) holds API keys, and others can read it: make new keys, and 'chmod 600' the file")
        }
        guard let data = FileManager.default.contents(atPath: path),
            let known = try? JSONDecoder().decode(KnownServers.self, from: data)
        else { throw OutputProblem("\(path.printable) is damaged: remove it, and sign in with 'waxwing login'") }
        return known
    }

    /// Reads, changes and replaces the file as a whole; two programs that do it at once wait for each other.
    func change<Value>(_ body: (inout KnownServers) throws -> Value) throws -> Value {
        let folder = (path as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let lock = try FileLock(waitingFor: path + ".lock")
        defer { withExtendedLifetime(lock) {} }
        var known = try read()
        let value = try body(&known)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let partial = "\(path).\(UUID().uuidString)"
        defer { unlink(partial) }
        let file = try FileWriter(creating: partial)
        try file.write(Array(try encoder.encode(known)))
        try file.synchronize()
        guard rename(partial, path) == 0 else { throw OutputProblem("\(path.printable) cannot be written") }
        return value
    }
}
