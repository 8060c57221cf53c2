import ArgumentParser
import AudioCore
import Foundation
import Jobs
import SampleLibrary
import Storage
import StrictJSON
import WaxwingService

struct KitsExport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Have a service make the card of a kit, and fetch it as a ZIP file.",
        discussion: """
            Waits until the card is made. The service keeps it for 7 days, also where this is ended by Control-C meanwhile. The
            file appears when it is whole.

            Examples:
              waxwing kits export 3b241101-e2bb-4255-8caf-4136c566a962 -o night-drive.zip
              waxwing kits export 3b241101-e2bb-4255-8caf-4136c566a962 -o card.zip --device sp404mkii --project 3
              waxwing kits export 3b241101-e2bb-4255-8caf-4136c566a962 -o sounds.zip --device import --layout role
            """.reflowed)

    @Argument(help: "The kit, by the id that 'waxwing kits ls' shows.")
    var kit: KitID

    @Option(name: [.short, .customLong("output")], help: "The ZIP file.", completion: .file(extensions: ["zip"]))
    var output: String

    @Option(help: "What the card is for.")
    var device = ExportTarget.Device.sp404mkii

    @Option(help: "The project, 1 to 16, of an SP-404MKII.")
    var project: Int?

    @Option(help: "Where on the card.")
    var place: String?

    @Option(help: "How files to be imported lie in folders: flat, tempo, key, role.")
    var layout: String?

    @Option(help: "Of files to be imported: wav or aiff.")
    var format: String?

    @Flag(help: "Add silence to sounds shorter than 0.1 s.")
    var lengthen = false

    @Flag(help: "Replace the file.")
    var force = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var remote: RemoteOptions

    private struct Order: Encodable {
        let device: String
        let project: Int?
        let place, layout, format: String?
        let lengthen: Bool?
    }

    func run() async throws {
        do {
            // Before a minute's work is asked for.
            try OutputFile.check(output, force)
        } catch {
            throw OutputProblem("\(error)")
        }
        let order = Order(
            device: device.rawValue, project: project, place: place, layout: layout, format: format,
            lengthen: lengthen ? true : nil)
        let (id, path, replaces) = (kit, output, force)
        let export = try await remote.use { service, line in
            let asked: JSONValue = try await service.post("/api/kits/\(id)/export", order)
            let export = try await service.card(asked, line)
            try await service.fetch(export, to: path, replacing: replaces, line)
            return export.tree
        }
        if json { return JSONOutput.print(export) }
        write("\(output.printable): \(export["samples_written"].word) samples, \(export["size"].word) bytes\n")
        for note in export["notes"]?.items ?? [] { write("  \(note.word)\n") }
    }
}

/// A card that a service makes.
struct RemoteCard: Sendable {
    /// As the service told of it last.
    let tree: JSONValue
    /// What it goes by in paths: an identifier and nothing else.
    let id: JobID

    /// - Throws: ``ServerProblem`` for an answer that lacks something.
    init(_ tree: JSONValue, from address: ServerAddress) throws {
        guard let id = tree["id"]?.string.flatMap({ JobID($0) }) else {
            throw ServerProblem("\(address) told of an export in a way that is not understood", .notUnderstood)
        }
        (self.tree, self.id) = (tree, id)
    }
}

extension RemoteService {
    /// Waits until a card is made.
    ///
    /// - Throws: ``ServerProblem`` with what went wrong where it is not.
    fileprivate func card(_ asked: JSONValue, _ line: StatusLine) async throws -> RemoteCard {
        var card = try RemoteCard(asked, from: address)
        var pause = Duration.milliseconds(100)
        while true {
            let status = card.tree["status"]?.string ?? ""
            if status == Jobs.JobStatus.completed.rawValue { return card }
            guard [Jobs.JobStatus.pending, .processing].map(\.rawValue).contains(status) else {
                let reason = card.tree["error"]?.string ?? "the export was \(status)"
                throw ServerProblem(reason, .someFailed)
            }
            line.show("\(status)  \(card.tree["progress_note"]?.string?.printable ?? "")")
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(3))
            card = try RemoteCard(await get("/api/exports/\(card.id)"), from: address)
        }
    }

    fileprivate func fetch(
        _ card: RemoteCard, to path: String, replacing: Bool, _ line: StatusLine
    ) async throws {
        let size = card.tree["size"]?.double.flatMap { Int(exactly: $0) } ?? 0
        do {
            let file = try OutputFile(path: path, replaces: replacing)
            let progress = TransferProgress(line: line, files: 1, bytes: size)
            _ = try await download(path: "/api/exports/\(card.id)/download", into: file, progress)
            try file.publish()
        } catch let error as AudioWriteError {
            throw OutputProblem("\(error)")
        }
    }
}
