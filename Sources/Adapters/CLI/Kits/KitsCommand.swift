import ArgumentParser
import SampleLibrary
import Storage
import StrictJSON

/// `waxwing kits`: the kits that a service has of one's own.
struct KitsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kits",
        abstract: "Build, list and export the kits of a service.",
        discussion: """
            'waxwing kit' does the same here, with files instead of a service.

            Examples:
              waxwing kits build --name 'Night drive' --bpm 92
              waxwing kits ls
              waxwing kits export 3b241101-e2bb-4255-8caf-4136c566a962 -o night-drive.zip
            """.reflowed,
        subcommands: [KitsList.self, KitsShow.self, KitsBuild.self, KitsExport.self, KitsRemove.self])
}

struct KitsList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls",
        abstract: "List kits, the newest first.",
        discussion: """
            Examples:
              waxwing kits ls
              waxwing kits ls --limit 10 --json
            """.reflowed)

    @OptionGroup var list: ListOptions
    @OptionGroup var remote: RemoteOptions

    func run() async throws {
        let most = list.limit
        let (kits, hasMore) = try await remote.use { service, _ in
            try await service.items("/api/kits", atMost: most)
        }
        if list.json { return JSONOutput.print(kits) }
        var table = TextTable("KIT", "PADS", "TEMPO", "MADE", "NAME")
        for kit in kits {
            table.add([
                kit["id"].word, kit["pads"].word, "\(kit["bpm"].word) BPM", kit["created_at"].word, kit["name"].word,
            ])
        }
        write(table.text)
        if hasMore { write("there are more: --limit shows them\n") }
    }
}

struct KitsShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show what the pads of a kit play, and why.",
        discussion: """
            Examples:
              waxwing kits show 3b241101-e2bb-4255-8caf-4136c566a962
              waxwing kits show 3b241101-e2bb-4255-8caf-4136c566a962 --json | jq -r '.pads[].sample'
            """.reflowed)

    @Argument(help: "The kit, by the id that 'waxwing kits ls' shows.")
    var kit: KitID

    @Flag(help: "Print JSON, with every value.")
    var json = false

    @OptionGroup var remote: RemoteOptions

    func run() async throws {
        let id = kit
        let found: JSONValue = try await remote.use { service, _ in try await service.get("/api/kits/\(id)") }
        if json { return JSONOutput.print(found) }
        var table = TextTable("PAD", "SAMPLE", "FILE", "WHY")
        for pad in found["pads"]?.items ?? [] {
            let silent = pad["silent"]?.string.map { "silent: the sample is \($0.printable)" }
            table.add([pad["pad"].word, pad["sample"].word, pad["filename"].word, silent ?? pad["reason"].word])
        }
        write("\(found["name"].word), \(found["bpm"].word) BPM\n" + table.text)
    }
}

struct KitsRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm",
        abstract: "Remove kits; their samples stay.",
        discussion: "Example:\n  waxwing kits rm 3b241101-e2bb-4255-8caf-4136c566a962")

    @Argument(help: "Their ids.")
    var kits: [KitID]

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var remote: RemoteOptions

    func run() async throws {
        try await remote.each(kits.map(\.text), isJSON: json) { id, service in
            try await service.delete("/api/kits/\(id)")
            return "removed"
        }
    }
}
