import ArgumentParser
import Foundation
import Storage
import WaxwingService

struct DatabaseDump: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dump",
        abstract: "Write all rows into one file.",
        discussion: """
            All rows of one moment; the service may run meanwhile and nobody waits. The file appears when it is whole. It
            has a checksum, and holds everything the database knows: keep it as safe as the database itself.

            Example:
              waxwing db dump rows.dump
            """.reflowed)

    @Argument(help: "The file, which must not exist.", completion: .file())
    var file: String

    @Flag(help: "Print JSON: the tables with their rows and digests.")
    var json = false

    func run() async throws {
        let (service, file) = (try await OperatedService.open(try Settings(), for: .reading), file)
        let summary = try await LongRun.run { line in
            try await service.database.dump(to: file, UseCases.migrations, at: SystemClock().now()) { rows in
                line.show("\(rows) rows")
            }
        }
        if json { return JSONOutput.print(summary) }
        write("\(file.printable): \(summary.rows) rows of \(summary.tables.count) tables, \(summary.bytes) bytes\n")
    }
}

struct DatabaseLoad: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Fill the database from a dump.",
        discussion: """
            Stop every server and worker first. All of the dump is loaded or nothing: a file that is cut short or
            damaged changes nothing. Every table is read back and compared before it counts. A dump of an older program is
            brought up to date.

            Moving a service also needs its objects: 'waxwing backup' and 'waxwing restore' take both.

            Examples:
              waxwing db load rows.dump
              waxwing db load rows.dump --replace
            """.reflowed)

    @Argument(help: "A file that 'waxwing db dump' has written.", completion: .file())
    var file: String

    @Flag(help: "Rows that are in the database go.")
    var replace = false

    @Flag(help: "Print JSON: the tables with their rows and digests.")
    var json = false

    func run() async throws {
        let (service, file) = (try await OperatedService.open(try Settings(), for: .replacing), file)
        defer { withExtendedLifetime(service) {} }
        let target = replace ? LoadTarget.replaced : .empty
        let summary = try await LongRun.run { line in
            try await service.database.load(file, UseCases.migrations, into: target, at: SystemClock().now()) { rows in
                line.show("\(rows) rows")
            }
        }
        try await Installation.noteLoad(service.database)
        if json { return JSONOutput.print(summary) }
        write("\(summary.rows) rows of \(summary.tables.count) tables loaded\n")
    }
}
