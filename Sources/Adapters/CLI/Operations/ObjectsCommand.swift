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
        subcommands: [ObjectsScrub.self, ObjectsOrphans.self, ObjectsAdopt.self])
}

struct ObjectsScrub: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scrub",
        abstract: "Read every object, and name those that are damaged.",
        discussion: """
            Each is compared with the SHA-256 that was kept when it was put; of objects in a bucket that came there some
            other way, the length. Ends with exit code 1 if any is damaged, and stays so.

            With --repair-from, objects that are damaged are put anew from a backup that has them whole; rows and all other
            objects stay as they are. 'waxwing restore' is not for that: it would bring old rows back.

            Examples:
              waxwing objects scrub
              waxwing objects scrub --repair-from /backups/2026-11-21
              waxwing objects scrub --prefix processed/ --json
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
        if !left.isEmpty { throw ExitCode(1) }
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

    func validate() throws {
        guard (0...87_600).contains(grace) else { throw ValidationError("--grace is 0 to 87600 hours") }
    }

    func run() async throws {
        let service = try await OperatedService.open(try Settings(), for: .reading)
        let objects = try await service.objects()
        if remove { try await Installation(service.database, objects).check() }
        let sweep = UseCases.orphanSweep(objects, service.database, SystemClock())
        let grace = remove ? Duration.seconds(grace * 3600) : nil
        let found = try await LongRun.run { line in
            var found = OrphansFound()
            repeat {
                let removal = grace.map {
                    OrphanSweep.Removal(grace: $0, limit: .max, evenWithoutRows: found.rows > 0)
                }
                found.add(try await sweep.run(prefix: UseCases.keptPrefix, after: found.last, removing: removal))
                line.show("\(found.withoutRow.count) objects without a row, \(found.removed.count) removed")
            } while found.last != nil
            return found
        }
        if json {
            JSONOutput.print(found)
        } else {
            for key in found.withoutRow { write("\(key.text.printable)\n") }
            write(
                "\(found.withoutRow.count) of \(found.objects) objects are known to no row, \(found.removed.count) removed\n"
            )
        }
        if found.wasSpared {
            FileProblem(path: UseCases.keptPrefix, reason: "no row knows any object: is this the right database?")
                .report()
        }
        for key in found.withoutObject {
            FileProblem(path: key.text, reason: "a row has this object, but the store has not").report()
        }
        if found.wasSpared || !found.withoutObject.isEmpty { throw ExitCode(1) }
    }
}

struct ObjectsAdopt: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "adopt",
        abstract: "Say that these rows and these objects belong together.",
        discussion: """
            A server starts only on the rows and objects of one installation. Where that cannot be any more, as the bucket
            is lost or the rows are from elsewhere, this makes them one. Stop every server and worker first, and be sure:
            a day after the next start, objects that the rows do not know are removed.

            Examples:
              S3_BUCKET=new-bucket waxwing objects adopt
            """.reflowed)

    func run() async throws {
        let service = try await OperatedService.open(try Settings(), for: .adopting)
        defer { withExtendedLifetime(service) {} }
        try await service.database.migrate(UseCases.migrations, at: SystemClock().now())
        try await Installation(service.database, try await service.objects()).adopt()
        write("these rows and objects belong together now\n")
    }
}

/// What all reports of a sweep together say.
private struct OrphansFound: Encodable, Sendable {
    private(set) var objects = 0
    private(set) var rows = 0
    private(set) var withoutRow: [ObjectKey] = []
    private(set) var withoutObject: [ObjectKey] = []
    private(set) var removed: [ObjectKey] = []
    private(set) var wasSpared = false
    /// Where to go on; nil at the end.
    private(set) var last: ObjectKey?

    private enum CodingKeys: CodingKey {
        case objects, rows, withoutRow, withoutObject, removed
    }

    /// The first report has seen everything, the next ones what comes after it.
    mutating func add(_ report: OrphanReport) {
        if last == nil { (objects, rows) = (report.objects, report.rows) }
        withoutRow += report.withoutRow.news(after: withoutRow.last)
        withoutObject += report.withoutObject.news(after: withoutObject.last)
        removed += report.removed
        wasSpared = wasSpared || report.wasSpared
        last = report.last
    }
}

extension [ObjectKey] {
    fileprivate func news(after last: ObjectKey?) -> [ObjectKey] {
        filter { key in last.map { $0 < key } ?? true }
    }
}
