import ArgumentParser

/// `waxwing kit`: what a hardware sampler's pads play.
struct KitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kit",
        abstract: "Put kits for hardware samplers together, show and check them.",
        discussion: """
            A kit is a JSON file that says what the pads of a sampler play: banks A to J with 16 pads each. It is made by
            rules, changed by hand, and written for a device by other commands.

            Examples:
              waxwing kit build ~/Samples -o kit.json
              waxwing kit show kit.json
              waxwing kit check kit.json
            """.reflowed,
        subcommands: [KitBuild.self, KitShow.self, KitCheck.self])
}
