import ArgumentParser
import Foundation
import StrictJSON

struct SamplesShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show one sample, with all that was measured.",
        discussion: """
            Examples:
              waxwing samples show 3b241101-e2bb-4255-8caf-4136c566a962
              waxwing samples show 3b241101-e2bb-4255-8caf-4136c566a962 --json | jq .audio_features
            """.reflowed)

    @Argument(help: "The sample's id.")
    var sample: SampleName

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var remote: RemoteOptions

    func run() async throws {
        let id = sample.id
        let found: JSONValue = try await remote.use { service, _ in try await service.get("/api/samples/\(id)") }
        if json { return JSONOutput.print(found) }
        write(found.lines())
    }
}

/// The id of a sample, as commands take it: nothing else gets into a path.
struct SampleName: ExpressibleByArgument, Sendable {
    let id: String

    init?(argument: String) {
        guard let id = UUID(uuidString: argument) else { return nil }
        self.id = id.uuidString.lowercased()
    }
}
