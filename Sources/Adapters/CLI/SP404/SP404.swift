import ArgumentParser

/// `waxwing sp404`: what is on a sampler's card, and out of it.
struct SP404: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sp404",
        abstract: "Look into projects of an SP-404MKII and cards of an SP-404SX, take them apart, put them together.",
        discussion: """
            PROJECT is a project's folder, the one with PADCONF.BIN, or a card that holds a single project; or the card
            of an SP-404SX or SP-404A.

            Examples:
              waxwing sp404 inspect /media/card/EXPORT/PROJECT/PROJECT_03
              waxwing sp404 extract PROJECT_03 -o samples
              waxwing sp404 rebuild PROJECT_03 -o copy
              waxwing sp404 midi PROJECT_03 -o midi
            """.reflowed,
        subcommands: [SP404Inspect.self, SP404Extract.self, SP404Rebuild.self, SP404MIDI.self])
}
