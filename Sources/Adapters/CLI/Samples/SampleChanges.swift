import ArgumentParser
import StrictJSON

struct SamplesRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm",
        abstract: "Hide samples; they can be restored for 30 days.",
        discussion: """
            Examples:
              waxwing samples rm 3b241101-e2bb-4255-8caf-4136c566a962
              waxwing samples rm --purge 3b241101-e2bb-4255-8caf-4136c566a962
            """.reflowed)

    @Flag(help: "For good, at once: row, features, file and quota.")
    var purge = false

    @OptionGroup var samples: ChangedSamples

    func run() async throws {
        let query = purge ? [("purge", "true")] : []
        try await samples.each(purge ? "gone" : "hidden") { id, service in
            try await service.delete("/api/samples/\(id)", query)
        }
    }
}

struct SamplesRestore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Bring hidden samples back.",
        discussion: "Example:\n  waxwing samples restore 3b241101-e2bb-4255-8caf-4136c566a962")

    @OptionGroup var samples: ChangedSamples

    func run() async throws {
        try await samples.each("restored") { id, service in
            let _: JSONValue = try await service.post("/api/samples/\(id)/restore", [String: String]())
        }
    }
}

struct SamplesTag: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tag",
        abstract: "Put tags on samples, and take tags off.",
        discussion: """
            Examples:
              waxwing samples tag 3b241101-e2bb-4255-8caf-4136c566a962 --add dusty --add guitar
              waxwing samples tag 3b241101-e2bb-4255-8caf-4136c566a962 --remove draft
            """.reflowed)

    @Option(help: "A tag to put on; more with --add again.")
    var add: [String] = []

    @Option(help: "A tag to take off; more with --remove again.")
    var remove: [String] = []

    @OptionGroup var samples: ChangedSamples

    private struct Batch: Encodable {
        let action: String
        let ids: [String]
        let tags: [String]
    }

    func validate() throws {
        guard !add.isEmpty || !remove.isEmpty else { throw ValidationError("name tags with --add or --remove") }
    }

    func run() async throws {
        let actions = [("tag", add), ("untag", remove)].filter { !$0.1.isEmpty }
        try await samples.each("tagged") { id, service in
            for (action, tags) in actions {
                let outcomes: [JSONValue] = try await service.post(
                    "/api/samples/batch", Batch(action: action, ids: [id], tags: tags))
                guard let outcome = outcomes.first, outcome["outcome"]?.string == "done" else {
                    throw ServerProblem(outcomes.first?["reason"]?.string ?? "there is no such sample", .someFailed)
                }
            }
        }
    }
}

/// Samples that are changed one after the other; what one refuses keeps none of the others from it.
struct ChangedSamples: ParsableArguments {
    @Argument(help: "Their ids.")
    var samples: [SampleName]

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var remote: RemoteOptions

    func each(
        _ outcome: String, _ change: @escaping @Sendable (String, RemoteService) async throws -> Void
    ) async throws {
        try await remote.each(samples.map(\.id), isJSON: json) { id, service in
            try await change(id, service)
            return outcome
        }
    }
}
