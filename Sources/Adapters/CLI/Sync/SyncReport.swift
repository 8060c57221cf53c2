import Foundation

/// What a run has done, told as it happens; as JSON at its end.
struct SyncReport: Encodable {
    private(set) var up: [String] = []
    private(set) var down: [String] = []
    private(set) var hidden: [String] = []
    private(set) var trashed: [String] = []
    private(set) var failed: [String] = []
    /// Files that are analysed there.
    var underWay = 0
    var inStep = 0

    enum Event {
        case up, down, hidden, trashed
    }

    private enum CodingKeys: String, CodingKey {
        case up, down, hidden, trashed, failed, underWay = "under_way", inStep = "in_step"
    }

    var hasFailed: Bool { !failed.isEmpty }
    var isUnderWay: Bool { underWay > 0 }
    private var isQuiet: Bool { up.isEmpty && down.isEmpty && hidden.isEmpty && trashed.isEmpty && failed.isEmpty }

    mutating func add(_ event: Event, _ name: String, isShown: Bool) {
        let word: String
        switch event {
        case .up: (word, up) = ("up     ", up + [name])
        case .down: (word, down) = ("down   ", down + [name])
        case .hidden: (word, hidden) = ("hidden ", hidden + [name])
        case .trashed: (word, trashed) = ("trashed", trashed + [name])
        }
        if isShown { write("\(word)  \(name.printable)\n") }
    }

    mutating func fail(_ problem: FileProblem) {
        failed.append(problem.path)
        problem.report()
    }

    func end(isJSON: Bool) {
        if isJSON { return write(JSONOutput.text(self, isPretty: false) + "\n") }
        // A watched folder says nothing where there was nothing to do.
        if isQuiet, underWay > 0 { return }
        write(
            "\(up.count) up, \(down.count) down, \(hidden.count) hidden, \(trashed.count) trashed, \(failed.count) failed; "
                + "\(inStep) in step" + (underWay > 0 ? ", \(underWay) being analysed" : "") + "\n")
    }
}
