import Auth
import Foundation

/// Which service a command speaks to, and with which key.
struct ServerChoice: Sendable {
    let address: ServerAddress
    let key: Secret

    /// What is named on the command line is meant before what the environment says, and that before what was
    /// remembered. A key of the environment goes to the service that the environment names, and to no other.
    ///
    /// - Throws: ``StartError``, ``SettingsError`` or ``ServerProblem``.
    init(
        named: String?, mayBePlain: Bool, environment: [String: String], known: KnownServers
    ) throws {
        let address = try Self.address(named: named, environment, known)
        try Self.check(address, mayBePlain: mayBePlain || known[address]?.allowsPlain == true)
        let elsewhere = environment.set("WAXWING_SERVER").map { ServerAddress($0) != address } ?? false
        guard let key = (elsewhere ? nil : environment.set("WAXWING_API_KEY")) ?? known[address]?.key else {
            throw ServerProblem(
                "no API key is known for \(address): sign in with 'waxwing login --server \(address)', or set "
                    + "WAXWING_API_KEY", .notPermitted)
        }
        (self.address, self.key) = (address, Secret(Array(key.utf8)))
    }

    static func address(
        named: String?, _ environment: [String: String], _ known: KnownServers
    ) throws -> ServerAddress {
        guard let text = named ?? environment.set("WAXWING_SERVER") ?? known.preferred else { return .local }
        guard let address = ServerAddress(text) else {
            // Not shown: there may be a password in it.
            throw ServerProblem(
                "\(named == nil ? "WAXWING_SERVER" : "--server") must be an address like https://sounds.example.com: "
                    + "http or https, a host, perhaps a port and a path, and nothing else", .misconfigured)
        }
        return address
    }

    /// - Throws: ``ServerProblem`` where the key would go over a network in the clear.
    static func check(_ address: ServerAddress, mayBePlain: Bool) throws {
        guard address.isEncrypted || address.isLoopback || mayBePlain else {
            throw ServerProblem(
                "\(address) is http: all between here and there can read the key. Use https, or --insecure in a "
                    + "network that you trust", .misconfigured)
        }
    }
}

extension [String: String] {
    /// Nil for a variable that is empty, too.
    func set(_ name: String) -> String? { self[name].flatMap { $0.isEmpty ? nil : $0 } }
}
