/// That nobody needs to sign in: only in development, and only on a server nobody else reaches.
///
/// There is no ``DevelopmentBypass`` without one, and none is made anywhere else.
public struct DevelopmentPermit: Sendable {
    /// What the environment must be called.
    public static let environment = "development"

    /// - Parameters:
    ///   - environment: as the configuration names it; nil where it does not.
    ///   - addresses: every address the server listens on.
    /// - Throws: ``DevelopmentBypassError``, which stops the start.
    public init(environment: String?, listeningOn addresses: [String]) throws(DevelopmentBypassError) {
        guard environment == Self.environment else { throw .notInDevelopment }
        guard !addresses.isEmpty, addresses.allSatisfy({ $0 == "localhost" || ClientConnection.isLoopback($0) }) else {
            throw .notOnLoopback
        }
    }
}

/// Why signing in cannot be left out.
public enum DevelopmentBypassError: Error, Equatable, Sendable {
    case notInDevelopment
    /// Somebody else could reach the server.
    case notOnLoopback
}

extension DevelopmentBypassError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notInDevelopment:
            "the sign-in bypass is on outside development: turn it off, or name the environment '\(DevelopmentPermit.environment)'"
        case .notOnLoopback: "the sign-in bypass is on and others reach the server: turn it off, or listen on 127.0.0.1"
        }
    }
}
