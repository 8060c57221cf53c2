import ArgumentParser
import Foundation

/// Text on standard output, as it is. Where it cannot be written the program ends: whoever reads it must not take
/// half for the whole.
func write(_ text: String) {
    do {
        try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    } catch {
        FileProblem(path: "standard output", reason: "cannot be written: \(String(cString: strerror(errno)))").report()
        exit(ExitCode.outputLost.rawValue)
    }
}

/// JSON for standard output, keys sorted.
enum JSONOutput {
    static func text(_ value: some Encodable, isPretty: Bool = true) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if isPretty { encoder.outputFormatting.insert(.prettyPrinted) }
        // What is printed is finite by construction, so this cannot fail.
        return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "null"
    }

    static func print(_ value: some Encodable) { write(text(value) + "\n") }
}

/// An array printed element by element, however many there are; the one element of a single file without brackets.
struct JSONList {
    private let isSingle: Bool
    private var count = 0

    init(isSingle: Bool) {
        self.isSingle = isSingle
        if !isSingle { write("[") }
    }

    mutating func add(_ value: some Encodable) {
        write((isSingle ? "" : count == 0 ? "\n" : ",\n") + JSONOutput.text(value))
        count += 1
    }

    func end() {
        write(isSingle ? (count == 0 ? "" : "\n") : (count == 0 ? "]\n" : "\n]\n"))
    }
}
