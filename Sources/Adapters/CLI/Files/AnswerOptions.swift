import ArgumentParser
import StrictJSON

/// For commands that do something, and say what they have done.
struct AnswerOptions: ParsableArguments {
    @Flag(help: "Print JSON.")
    var json = false

    /// - Parameters:
    ///   - words: a line for people.
    ///   - value: the same for programs.
    func tell(_ words: String, _ value: some Encodable) {
        json ? JSONOutput.print(value) : write(words + "\n")
    }

    /// An object of few members.
    func tell(_ words: String, _ value: JSONValue) {
        json ? JSONOutput.print(value) : write(words + "\n")
    }
}

/// What became of one of several things that something was done about.
struct Outcome: Encodable {
    let id: String
    let outcome: String
}
