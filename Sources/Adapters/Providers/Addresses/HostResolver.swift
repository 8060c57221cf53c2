import Addresses

/// Finds the addresses behind a name.
///
/// Asked once for each connection: what it answers is judged, and then connected to without asking again.
public protocol HostResolver: Sendable {
    /// - Parameter name: with a dot at its end, it is whole: not to be completed by the machine's search list.
    /// - Returns: every address, the best first; empty when the name has none or nobody knows.
    /// - Throws: only `CancellationError`, soon after the task is cancelled.
    func addresses(of name: String) async throws -> [IPAddress]
}
