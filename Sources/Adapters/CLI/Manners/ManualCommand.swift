import ArgumentParser

struct ManualCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "manual",
        abstract: "Print the manual page of all commands.",
        discussion: """
            Examples:
              waxwing manual > waxwing.1
              waxwing manual | man -l -
            """.reflowed)

    func run() throws {
        write(try ManualPage(describing: Waxwing.self, version: Waxwing.version).text)
    }
}
