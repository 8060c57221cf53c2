import ArgumentParser

/// `waxwing samples`: what a service has of one's own.
struct SamplesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "samples",
        abstract: "List, search, fetch, tag and hide the samples of a service.",
        discussion: """
            Examples:
              waxwing samples ls --limit 20
              waxwing samples search dusty --kind loop --bpm-min 85 --bpm-max 95
              waxwing samples get 3b241101-e2bb-4255-8caf-4136c566a962 -o ~/Samples
              waxwing samples rm 3b241101-e2bb-4255-8caf-4136c566a962
            """.reflowed,
        subcommands: [
            SamplesList.self, SamplesSearch.self, SamplesShow.self, SamplesGet.self, SamplesRemove.self,
            SamplesRestore.self, SamplesTag.self,
        ])
}
