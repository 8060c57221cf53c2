import ArgumentParser
import Storage
import StrictJSON
import WaxwingService

/// `waxwing store`: the service's files, without the service.
struct StoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store",
        abstract: "Look whether the service's objects are whole, and whether rows know them.",
        discussion: """
            Takes the same environment as 'waxwing serve', which may run meanwhile.

            Examples:
              waxwing store scrub
              waxwing store sweep --dry-run
            """.reflowed,
        subcommands: [StoreScrub.self, StoreOrphans.self, StoreSweep.self, StoreAdopt.self])
}

struct StoreScrub: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scrub",
        abstract: "Read every object, and name those that are damaged.",
        discussion: """
            Each is compared with the SHA-256 that was kept when it was put; of objects in a bucket that came there some
            other way, the length. Ends with exit code 1 if any is damaged, and stays so.

            With --repair-from, objects that are damaged are put anew from a backup that has them whole; rows and all other
            objects stay as they are. 'waxwing restore' is not for that: it would bring old rows back.

            Examples:
              waxwing store scrub
              waxwing store scrub --repair-from /backups/2026-11-21
              waxwing store scrub --prefix processed/ --json
            """.reflowed)

    @Option(help: "Only keys that begin so.")
    var prefix = ""

    @Option(
        help: .init("A folder that 'waxwing backup' has written.", valueName: "backup"), completion: .directory)
    var repairFrom: String?

    @Flag(help: "Print JSON.")
    var json = false

    private struct Report: Encodable {
        let objects: Int
        let bytes: Int
        let damaged: [String]
        let repaired: [String]
    }

    func run() async throws {
        let (backup, prefix) = (repairFrom.map(Backup.init), prefix)
        _ = try backup?.manifest()
        let service = try await OperatedService.open(try Settings(), for: .reading)
        let scrub = Scrub(try await service.objects())
        let (report, left) = try await LongRun.run { line in
            let report = try await scrub.run(prefix: prefix) { line.show("\($0.objects) objects read") }
            guard let backup else { return (report, report.damaged) }
            return (report, try await scrub.repair(report.damaged, from: backup.keptObjects()))
        }
        let repaired = report.damaged.filter { !left.contains($0) }
        if json {
            JSONOutput.print(
                Report(
                    objects: report.objects, bytes: report.bytes, damaged: report.damaged.map(\.text),
                    repaired: repaired.map(\.text)))
        } else {
            let end = backup == nil ? "" : ", \(repaired.count) repaired"
            write("\(report.objects) objects read, \(report.damaged.count) damaged\(end)\n")
        }
        let reason = backup == nil ? "the object is damaged" : "the object is damaged, and the backup has it not whole"
        for key in left { FileProblem(path: key.text, reason: reason).report() }
        if !left.isEmpty { throw ExitCode.someFailed }
    }
}

struct StoreOrphans: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "orphans",
        abstract: "Find objects that no row knows, and rows whose object is gone.",
        discussion: """
            'waxwing serve' removes objects that no row knows once a day. Rows without their object are never removed; the
            exit code is 1 if there are any.

            Examples:
              waxwing store orphans
              waxwing store orphans --remove --grace 48
            """.reflowed)

    @Flag(help: "Remove objects that no row knows.")
    var remove = false

    @OptionGroup
    var options: SweepOptions

    func run() async throws {
        try await options.search(removing: remove)
    }
}

struct StoreAdopt: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "adopt",
        abstract: "Say that these rows and these objects belong together.",
        discussion: """
            A server starts only on the rows and objects of one installation. Where that cannot be any more, as the bucket
            is lost or the rows are from elsewhere, this makes them one. Stop every server and worker first, and be sure:
            a day after the next start, objects that the rows do not know are removed.

            Examples:
              S3_BUCKET=new-bucket waxwing store adopt
            """.reflowed)

    @OptionGroup var answer: AnswerOptions

    func run() async throws {
        let service = try await OperatedService.open(try Settings(), for: .adopting)
        defer { withExtendedLifetime(service) {} }
        try await service.database.migrate(UseCases.migrations, at: SystemClock().now())
        try await Installation(service.database, try await service.objects()).adopt()
        answer.tell("these rows and objects belong together now", ["adopted": true])
    }
}
