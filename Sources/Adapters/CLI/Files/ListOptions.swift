import ArgumentParser

/// How much of a list is printed, and how.
struct ListOptions: ParsableArguments {
    @Option(help: "At most so many.")
    var limit = 100

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit must be 1 or more") }
    }
}
