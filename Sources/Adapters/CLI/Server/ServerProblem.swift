import ArgumentParser

/// Why a service cannot be used, or what it refused, in its own words.
struct ServerProblem: Error, ExitCoded, CustomStringConvertible {
    let message: String
    let exitCode: ExitCode
    /// Of the answer; nil where there was none.
    let status: Int?

    init(_ message: String, _ exitCode: ExitCode, status: Int? = nil) {
        (self.message, self.exitCode, self.status) = (message, exitCode, status)
    }

    /// Whether the next request would fare the same, whatever it asks for.
    var isFinal: Bool { exitCode != .someFailed }

    var description: String { message.printable }
}
