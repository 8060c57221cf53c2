import ArgumentParser
import Foundation
import Storage
import WaxwingService

struct DatabaseStatus: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show how far each module's schema is.",
        discussion: """
            Changes nothing. Ends with exit code 1 when steps are to be taken, or the database was written by a newer
            program.

            Examples:
              waxwing db status
              waxwing db status --json | jq '.modules[] | select(.pending != [])'
              waxwing db status || waxwing db migrate
            """.reflowed)

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let service = try await OperatedService.open(try Settings(), for: .reading)
        let modules = try await service.database.migrationStatus(UseCases.migrations)
        if json {
            JSONOutput.print(["modules": modules])
        } else {
            for module in modules { write(module.line + "\n") }
        }
        if modules.contains(where: { $0.isNewer || !$0.pending.isEmpty }) { throw ExitCode.someFailed }
    }
}

extension MigrationStatus {
    fileprivate var line: String {
        let last = applied.last.map { "step \($0.number) of \(known), \($0.appliedAt)" } ?? "step 0 of \(known)"
        let rest =
            isNewer
            ? "  written by a newer program" : pending.isEmpty ? "" : "  to do: \(pending.joined(separator: "; "))"
        return module.padding(toLength: 12, withPad: " ", startingAt: 0) + "  " + last + rest
    }
}

struct DatabaseMigrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Bring the schema up to date.",
        discussion: """
            'waxwing serve' does the same when it starts. Programs that do it at once wait for each other, and one that was
            stopped in the middle goes on where it was.

            Example:
              waxwing db migrate
            """.reflowed)

    @Flag(help: "Print JSON: the status after it.")
    var json = false

    func run() async throws {
        let service = try await OperatedService.open(try Settings(), for: .migrating)
        let before = try await service.database.migrationStatus(UseCases.migrations)
        try await service.database.migrate(UseCases.migrations, at: SystemClock().now())
        let after = try await service.database.migrationStatus(UseCases.migrations)
        if json { return JSONOutput.print(["modules": after]) }
        let taken = before.reduce(0) { $0 + $1.pending.count }
        write(taken == 0 ? "Nothing to do.\n" : "\(taken) steps taken.\n")
    }
}

struct DatabaseCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Look whether the database is whole.",
        discussion: """
            Looks at the engine's own structures, at the steps that were taken, at the tables and indexes that they make,
            and reads every row. Prints every fault, one a line, and ends with exit code 1 if there is any. The service may
            run meanwhile.

            On PostgreSQL the indexes are compared with their tables where the extension amcheck is installed.

            Example:
              waxwing db check
            """.reflowed)

    @Flag(help: "Print JSON.")
    var json = false

    private struct Report: Encodable {
        let faults: [String]
        let rows: [String: Int]
    }

    func run() async throws {
        let service = try await OperatedService.open(try Settings(), for: .reading)
        let check = try await LongRun.run { _ in try await service.database.check(UseCases.migrations) }
        if json {
            JSONOutput.print(Report(faults: check.faults.map { "\($0)" }, rows: check.rows))
        } else {
            for fault in check.faults { write("\("\(fault)".printable)\n") }
            if check.faults.isEmpty {
                write("\(check.rows.values.reduce(0, +)) rows in \(check.rows.count) tables, nothing is wrong\n")
            }
        }
        if !check.faults.isEmpty { throw ExitCode.someFailed }
    }
}
