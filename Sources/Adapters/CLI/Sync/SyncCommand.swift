import ArgumentParser
import Foundation

/// `waxwing sync`: a folder here and the samples of a service, made alike.
struct SyncCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync",
        abstract: "Bring what is new in a folder to a service, or from there to here.",
        discussion: """
            Files are known by their content, so one that was renamed or moved is not sent again. What was done is kept in
            the file .waxwing-sync of the folder; an interrupted run goes on where it was. Nothing is deleted without
            --delete: then what went here is hidden there (for 30 days), and what went there is moved to .waxwing-trash here.
            A file from there never replaces one that is here: both are kept.

            Examples:
              waxwing sync ~/Samples
              waxwing sync ~/Samples --both --delete
              waxwing sync ~/Samples --watch
              waxwing sync ~/Samples --down --dry-run
            """.reflowed)

    @Argument(help: "The folder, with all that is below it.", completion: .directory)
    var folder: String

    @Flag(help: "Which way: what is new here goes up, what is new there comes down, or both.")
    var direction = SyncDirection.up

    @Flag(help: "Deletions, too.")
    var delete = false

    @Flag(help: "Delete, also where that is more than half of all.")
    var force = false

    @Flag(help: "Go on, and do it again when something changes; Control-C ends it.")
    var watch = false

    @Flag(name: .customLong("no-wait"), help: "Do not wait for the analysis of what was sent.")
    var noWait = false

    @Flag(name: .customLong("dry-run"), help: "Only say what would be done.")
    var dryRun = false

    @Option(help: "Files sent at once.")
    var jobs = 4

    @Flag(help: "Print JSON: one object for each time that it looked, on a line of its own.")
    var json = false

    @OptionGroup var remote: RemoteOptions

    func validate() throws {
        guard (1...32).contains(jobs) else { throw ValidationError("--jobs is 1 to 32") }
        guard !watch || !dryRun else { throw ValidationError("--watch and --dry-run exclude each other") }
        guard !force || delete else { throw ValidationError("--force is of no use without --delete") }
    }

    func run() async throws {
        guard folder.isFolder else { throw OutputProblem("\(folder.printable) is no folder: name one that exists") }
        let rules = SyncRules(
            direction: direction, deletes: delete, force: force, dryRun: dryRun, waits: !noWait && !watch, atOnce: jobs)
        let (root, watches, isJSON) = (folder.absolutePath, watch, json)
        let hasFailed = try await remote.use { service, line in
            let folder = try SyncFolder(root)
            let run = SyncRun(service: service, folder: folder, rules: rules, line: line, isJSON: isJSON)
            guard watches else { return try await run.once().hasFailed }
            do {
                try await FolderWatch(folder: folder, looksThere: rules.direction.isDown).run {
                    do {
                        return try await run.once().isUnderWay
                    } catch let problem as ServerProblem where problem.exitCode == .unavailable {
                        // The next time that it looks the service may be there again.
                        line.clear()
                        FileProblem(path: service.address.text, reason: problem.message).report()
                        return true
                    }
                }
            } catch  where Task.isCancelled {}
            return false
        }
        if hasFailed { throw ExitCode.someFailed }
    }
}

enum SyncDirection: String, EnumerableFlag, Sendable {
    case up, down, both

    var isUp: Bool { self != .down }
    var isDown: Bool { self != .up }
}

struct SyncRules: Sendable {
    var direction = SyncDirection.up
    var deletes = false
    /// Whether also where more than half would go.
    var force = false
    var dryRun = false
    /// Whether for the analysis of what was sent.
    var waits = true
    var atOnce = 4
}
