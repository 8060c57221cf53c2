import ArgumentParser
import Storage
import WaxwingService

/// `waxwing objects`: the service's files, without the service.
struct ObjectsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "objects",
        abstract: "Look whether the service's objects are whole, and whether rows know them.",
        discussion: """
            Takes the same environment as 'waxwing serve', which may run meanwhile.

            Examples:
              waxwing objects scrub
              waxwing objects orphans
            """.reflowed,
        subcommands: [ObjectsScrub.self, ObjectsOrphans.self])
}

struct ObjectsScrub: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scrub",
        abstract: "Read every object, and name those that are damaged.",
        discussion: """
            Each is compared with the SHA-256 that was kept when it was put; of objects in a bucket that came there some
            other way, the length. Ends with exit code 1 if any is damaged: restore it from a backup.

            Examples:
              waxwing objects scrub
              waxwing objects scrub --prefix processed/ --json
            """.reflowed)

    @Option(help: "Only keys that begin so.")
    var prefix = ""

    @Flag(help: "Print JSON.")
    var json = false

    private struct Report: Encodable {
        let objects: Int
        let bytes: Int
        let damaged: [String]
    }

    func run() async throws {
        let (service, prefix) = (try await OperatedService.open(try Settings(), for: .reading), prefix)
        let report = try await LongRun.run { line in
            try await Scrub(service.objects).run(prefix: prefix) { line.show("\($0.objects) objects read") }
        }
        if json {
            JSONOutput.print(
                Report(objects: report.objects, bytes: report.bytes, damaged: report.damaged.map(\.text)))
        } else {
            write("\(report.objects) objects read, \(report.damaged.count) damaged\n")
        }
        for key in report.damaged { FileProblem(path: key.text, reason: "the object is damaged").report() }
        if !report.damaged.isEmpty { throw ExitCode(1) }
    }
}

struct ObjectsOrphans: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "orphans",
        abstract: "Find objects that no row knows, and rows whose object is gone.",
        discussion: """
            'waxwing serve' removes objects that no row knows once a day. Rows without their object are never removed; the
            exit code is 1 if there are any.

            Examples:
              waxwing objects orphans
              waxwing objects orphans --remove --grace 48
            """.reflowed)

    @Flag(help: "Remove objects that no row knows.")
    var remove = false

    @Option(help: "Hours that an object must be old to be removed.")
    var grace = 24

    @Flag(help: "Print JSON.")
    var json = false

    private struct Report: Encodable {
        let objects: Int
        let rows: Int
        let withoutRow: [String]
        let withoutObject: [String]
        let removed: [String]
    }

    func validate() throws {
        guard (0...87_600).contains(grace) else { throw ValidationError("--grace is 0 to 87600 hours") }
    }

    func run() async throws {
        let service = try await OperatedService.open(try Settings(), for: .reading)
        if remove { try await Installation(service.database, service.objects).check() }
        let removal = remove ? OrphanSweep.Removal(grace: .seconds(grace * 3600), limit: .max) : nil
        let report = try await LongRun.run { _ in
            try await UseCases.orphanSweep(service.objects, service.database, SystemClock())
                .run(prefix: UseCases.keptPrefix, removing: removal)
        }
        if json {
            JSONOutput.print(
                Report(
                    objects: report.objects, rows: report.rows, withoutRow: report.withoutRow.map(\.text),
                    withoutObject: report.withoutObject.map(\.text), removed: report.removed.map(\.text)))
        } else {
            for key in report.withoutRow { write("\(key.text.printable)\n") }
            write(
                "\(report.withoutRow.count) of \(report.objects) objects are known to no row, \(report.removed.count) removed\n"
            )
        }
        if report.wasSpared {
            FileProblem(path: UseCases.keptPrefix, reason: "no row knows any object: is this the right database?")
                .report()
        }
        for key in report.withoutObject {
            FileProblem(path: key.text, reason: "a row has this object, but the store has not").report()
        }
        if report.wasSpared || !report.withoutObject.isEmpty { throw ExitCode(1) }
    }
}
