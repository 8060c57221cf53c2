/// Why an output cannot be what was asked for.
struct OutputProblem: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
