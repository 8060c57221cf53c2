import ArgumentParser
import Foundation
import Storage
import WaxwingService

/// `waxwing backup`: rows and objects of a running service.
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Keep the service's rows and objects in a folder, while it runs.",
        discussion: """
            The rows are those of one moment, and each has its object. The folder appears under its name when it is whole
            and on the disk; a backup that was interrupted stands beside it as DIR.partial, and goes on there when the
            command is given again. It is the same for SQLite and PostgreSQL, for local objects and S3, and restores
            onto any of them.

            Not in it: keys.json of the data folder, with which tokens are signed. Without it everybody signs in anew.

            Ends with exit code 1 if objects were missing or damaged before; they are named, the rest is kept.

            Examples:
              waxwing backup /backups/2026-11-21
              waxwing backup /backups/today --json
            """.reflowed)

    @Argument(help: "The folder, which must not exist.", completion: .directory)
    var folder: String

    @Flag(help: "Print JSON: what is in the backup.")
    var json = false

    func run() async throws {
        let (service, folder) = (try await OperatedService.open(try Settings(), for: .reading), folder)
        let manifest = try await LongRun.run { line in
            try await Backup.write(service.whole, to: folder, at: SystemClock().now()) { line.show($0) }
        }
        if json {
            JSONOutput.print(manifest)
        } else {
            write(
                "\(folder.printable): \(manifest.database.rows) rows, \(manifest.objects) objects, \(manifest.bytes) bytes\n"
            )
        }
        for key in manifest.missing {
            FileProblem(path: key.text, reason: "a row has this object, but the store has not").report()
        }
        ObjectProblems.report(manifest.damaged)
        if !manifest.missing.isEmpty || !manifest.damaged.isEmpty { throw ExitCode(1) }
    }
}

/// `waxwing restore`: a service from its backup.
struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Bring the service back from a backup.",
        discussion: """
            Stop the server and its workers first. The objects come first, then all rows or none of them. A restore that
            was interrupted goes on when the command is given again.

            Ends with exit code 1 if objects of the backup are damaged; they are named, the rest is restored.

            Examples:
              waxwing restore /backups/2026-11-21
              WAXWING_DATA=/srv/new waxwing restore /backups/2026-11-21
            """.reflowed)

    @Argument(help: "A folder that 'waxwing backup' has written.", completion: .directory)
    var folder: String

    @Flag(help: "Rows that are there go; objects that are there stay.")
    var replace = false

    @Flag(help: "Print JSON: what was copied.")
    var json = false

    func run() async throws {
        let backup = Backup(folder: folder)
        let manifest = try backup.manifest()
        let service = try await OperatedService.open(try Settings(), for: .replacing)
        let target = replace ? LoadTarget.replaced : .empty
        let installation = Installation(service.database, service.objects)
        try await installation.checkBeforeRestore(of: try LocalObjectStore(folder: "\(backup.folder)/objects"))
        let copied = try await LongRun.run { line in
            let copied = try await backup.restore(to: service.whole, into: target, at: SystemClock().now()) {
                line.show($0)
            }
            try await installation.noteRestore()
            return copied
        }
        if json {
            JSONOutput.print(copied)
        } else {
            write(
                "\(manifest.database.rows) rows and \(copied.copied) objects restored, \(copied.present) objects were there\n"
            )
        }
        ObjectProblems.report(copied.damaged)
        if !copied.damaged.isEmpty { throw ExitCode(1) }
    }
}

private enum ObjectProblems {
    static func report(_ damaged: [ObjectKey]) {
        for key in damaged { FileProblem(path: key.text, reason: "the object is damaged, and was left out").report() }
    }
}
