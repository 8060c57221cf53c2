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

            Uploads that wait to be analysed are in it, with their jobs; those still coming in are not.

            Not in it: keys.json of the data folder, with which tokens are signed; without it everybody signs in anew. On
            PostgreSQL the keys are rows, and so in it, but sealed with WAXWING_SECRET: keep that too, or no server starts
            on what is restored.

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
        let source = try await service.whole()
        try await Installation(service.database, source.objects).check()
        let manifest = try await LongRun.run { line in
            try await Backup.write(source, to: folder, at: SystemClock().now()) { line.show($0) }
        }
        do {
            try await BackupRecord(service.database).note(at: SystemClock().now())
        } catch {
            FileProblem(path: folder, reason: "it is whole, but 'waxwing doctor' will not know of it: \(error)")
                .report()
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
        if !manifest.missing.isEmpty || !manifest.damaged.isEmpty { throw ExitCode.someFailed }
    }
}

/// `waxwing restore`: a service from its backup.
struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Bring the service back from a backup.",
        discussion: """
            Stop every server and worker first. The backup is looked at before anything is changed: its rows must be those
            that were kept, and no object may be lacking. Then the objects come, then all rows or none of them. A restore
            that was interrupted goes on when the command is given again.

            Objects that are there stay, but those without a row are removed by the next server, as ever: uploads under way
            within a minute, others at the daily sweep. Give another folder or bucket to keep what the backup does not know.

            A backup of a service on PostgreSQL holds its keys, sealed: servers on it need the same WAXWING_SECRET.

            Ends with exit code 1 if objects of the backup are damaged or lacking; all others are restored.

            Examples:
              waxwing restore /backups/2026-11-21
              WAXWING_DATA=/srv/new waxwing restore /backups/2026-11-21
            """.reflowed)

    @Argument(help: "A folder that 'waxwing backup' has written.", completion: .directory)
    var folder: String

    @Flag(help: "Rows that are there go, and objects that only they know go later.")
    var replace = false

    @Flag(help: "Restore what there is of a backup that has lost objects.")
    var incomplete = false

    @Flag(help: "Print JSON: what was copied.")
    var json = false

    func run() async throws {
        let (backup, incomplete) = (Backup(folder: folder), incomplete)
        let manifest = try backup.manifest()
        let service = try await OperatedService.open(try Settings(), for: .replacing)
        defer { withExtendedLifetime(service) {} }
        let (target, rows) = (try await service.whole(), replace ? LoadTarget.replaced : .empty)
        let installation = Installation(service.database, target.objects)
        try await installation.checkBeforeRestore(of: backup.keptObjects())
        if replace { try await installation.untie() }
        let copied = try await LongRun.run { line in
            try await backup.restore(to: target, into: rows, allowingLoss: incomplete, at: SystemClock().now()) {
                line.show($0)
            }
        }
        try await installation.noteRestore()
        if json {
            JSONOutput.print(copied)
        } else {
            write(
                "\(manifest.database.rows) rows and \(copied.copied) objects restored, \(copied.present) objects were there\n"
            )
        }
        ObjectProblems.report(copied.damaged)
        let lost = manifest.objects - copied.copied - copied.present - copied.damaged.count
        if lost > 0 {
            FileProblem(path: folder, reason: "\(lost) objects are lacking: 'waxwing store orphans' names them")
                .report()
        }
        if lost > 0 || !copied.damaged.isEmpty { throw ExitCode.someFailed }
    }
}

private enum ObjectProblems {
    static func report(_ damaged: [ObjectKey]) {
        for key in damaged { FileProblem(path: key.text, reason: "the object is damaged, and was left out").report() }
    }
}
