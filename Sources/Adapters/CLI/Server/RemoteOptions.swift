import ArgumentParser
import Foundation

/// What every command takes that speaks to a service.
struct RemoteOptions: ParsableArguments {
    @Option(
        help: .init(
            "The service; else WAXWING_SERVER, else the one that was signed in at last, else this machine.",
            valueName: "url"))
    var server: String?

    @Flag(help: "Send the key over http, where all on the way can read it.")
    var insecure = false

    @Flag(help: "Say which service it is, also where that is no terminal.")
    var verbose = false

    /// Runs `work` with the service; Control-C cancels it.
    func use<Value: Sendable>(
        _ work: @escaping @Sendable (RemoteService, StatusLine) async throws -> Value
    ) async throws -> Value {
        let environment = ProcessInfo.processInfo.environment
        let choice = try ServerChoice(
            named: server, mayBePlain: insecure, environment: environment, known: ServerBook(environment).read())
        if verbose || Terminal.draws {
            FileHandle.standardError.write(Data("waxwing: at \(choice.address.text.printable)\n".utf8))
        }
        return try await LongRun.run { line in
            try await RemoteService.use(choice) { try await work($0, line) }
        }
    }

    /// Does something about each of some things: what the service refuses of one keeps none of the others from it.
    ///
    /// - Parameter change: returns what became of the one of that name.
    func each(
        _ names: [String], isJSON: Bool = false,
        _ change: @escaping @Sendable (String, RemoteService) async throws -> String
    ) async throws {
        let hasFailed = try await use { service, _ in
            var (rows, hasFailed): ([Outcome], Bool) = ([], false)
            for name in names {
                do {
                    let outcome = try await change(name, service)
                    rows.append(Outcome(id: name, outcome: outcome))
                    if !isJSON { write("\(name)  \(outcome.printable)\n") }
                } catch let problem as ServerProblem where !problem.isFinal {
                    hasFailed = true
                    FileProblem(path: name, reason: problem.message).report()
                }
            }
            if isJSON { JSONOutput.print(rows) }
            return hasFailed
        }
        if hasFailed { throw ExitCode.someFailed }
    }
}
