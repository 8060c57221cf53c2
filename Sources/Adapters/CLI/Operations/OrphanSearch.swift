import ArgumentParser
import Storage
import WaxwingService

/// Compares all objects with the rows that know them, as the service does once a day.
struct OrphanSearch {
    /// How old an object that no row knows must be to go; nil where nothing goes.
    let removesAfter: Duration?

    func run() async throws -> OrphansFound {
        let service = try await OperatedService.open(try Settings(), for: .reading)
        let objects = try await service.objects()
        if removesAfter != nil { try await Installation(service.database, objects).check() }
        let sweep = UseCases.orphanSweep(objects, service.database, SystemClock())
        return try await LongRun.run { [removesAfter] line in
            var found = OrphansFound()
            repeat {
                let removal = removesAfter.map {
                    OrphanSweep.Removal(grace: $0, limit: .max, evenWithoutRows: found.rows > 0)
                }
                found.add(try await sweep.run(prefix: UseCases.keptPrefix, after: found.last, removing: removal))
                line.show("\(found.withoutRow.count) objects without a row, \(found.removed.count) removed")
            } while found.last != nil
            return found
        }
    }
}

/// `waxwing store sweep`: the daily sweep, now.
struct StoreSweep: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep",
        abstract: "Remove objects that no row knows, now.",
        discussion: """
            What 'waxwing serve' does once a day, for who does not want to wait: after many deletions, or before a bucket is
            moved. Objects younger than --grace hours stay, as their rows may be about to be written; none goes while no row
            knows any, which looks like the wrong database. Rows without their object are named, and never removed.

            Examples:
              waxwing store sweep --dry-run
              waxwing store sweep
              waxwing store sweep --grace 72 --json
            """.reflowed)

    @Flag(help: "Remove nothing: print what no row knows, young or old.")
    var dryRun = false

    @OptionGroup
    var options: SweepOptions

    func run() async throws {
        try await options.search(removing: !dryRun)
    }
}

/// What every search for objects without a row may be told.
struct SweepOptions: ParsableArguments {
    @Option(help: "Hours that an object must be old to be removed.")
    var grace = 24

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard (0...87_600).contains(grace) else { throw ValidationError("--grace is 0 to 87600 hours") }
    }

    /// Searches, removes what it is to, and reports.
    func search(removing: Bool) async throws {
        let found = try await OrphanSearch(removesAfter: removing ? .seconds(grace * 3600) : nil).run()
        try found.report(isJSON: json)
    }
}

/// What all reports of a sweep together say.
struct OrphansFound: Encodable, Sendable {
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

    /// - Throws: `ExitCode` 1 where somebody has to look at it.
    func report(isJSON: Bool) throws {
        if isJSON {
            JSONOutput.print(self)
        } else {
            for key in withoutRow { write("\(key.text.printable)\n") }
            write("\(withoutRow.count) of \(objects) objects are known to no row, \(removed.count) removed\n")
        }
        if wasSpared {
            FileProblem(path: UseCases.keptPrefix, reason: "no row knows any object: is this the right database?")
                .report()
        }
        for key in withoutObject {
            FileProblem(path: key.text, reason: "a row has this object, but the store has not").report()
        }
        if wasSpared || !withoutObject.isEmpty { throw ExitCode.someFailed }
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
