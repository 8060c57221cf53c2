import Jobs
import Storage
import StorageTestKit

/// A workflow as data, and what it must come to.
package struct WorkflowScript: Codable, Equatable, Sendable {
    package indirect enum Act: Codable, Equatable, Sendable {
        /// Outside work that fails `failures` times, and writes with its result.
        case work(failures: Int, isUndone: Bool)
        case write(isUndone: Bool)
        /// Fails for good: after all its attempts, or at once.
        case hopeless(atOnce: Bool, isCaught: Bool)
        case sleep(seconds: Int)
        case wait(Arrival)
        case children([WorkflowScript])
    }

    /// When a signal comes.
    package enum Arrival: String, Codable, Sendable {
        /// Before the wait, as soon as there is the run.
        case early
        /// Whenever it likes.
        case late
        /// Just when the wait is over, and nobody has looked since.
        case last
        /// Only when nobody waits any more.
        case never

        /// Whether the wait ends by itself.
        var isTimed: Bool { self == .last || self == .never }
    }

    /// How a run ends, and what it writes.
    package struct Course: Equatable {
        package var output: Int?
        package var notes: [String] = []

        package init(output: Int? = nil, notes: [String] = []) {
            (self.output, self.notes) = (output, notes)
        }
    }

    package let name: String
    let acts: [Act]

    func step(_ index: Int) -> String { "\(name).\(index)" }

    /// - Parameters:
    ///   - steps: those of children among them.
    ///   - longestSleep: in seconds.
    ///   - arrivals: of signals that come.
    package static func random(
        _ name: String, steps: Int, depth: Int, longestSleep: Int = 86_400,
        arrivals: [Arrival] = [.early, .late, .last], _ random: inout SplitMix64
    ) -> WorkflowScript {
        var (acts, left) = ([Act](), steps)
        while left > 0 {
            left -= 1
            acts.append(act(name, &left, at: acts.count, depth, longestSleep, arrivals, &random))
        }
        return WorkflowScript(name: name, acts: acts)
    }

    private static func act(
        _ name: String, _ left: inout Int, at index: Int, _ depth: Int, _ longestSleep: Int, _ arrivals: [Arrival],
        _ random: inout SplitMix64
    ) -> Act {
        switch Int.random(in: 0..<40, using: &random) {
        case 0..<12:
            return .work(
                failures: max(0, .random(in: -2...2, using: &random)), isUndone: .random(using: &random))
        case 12..<26: return .write(isUndone: .random(using: &random))
        case 26..<30: return .sleep(seconds: .random(in: 0...longestSleep, using: &random))
        case 30: return .wait(.never)
        case 31..<34: return .wait(arrivals.randomElement(using: &random) ?? .late)
        case 34: return .hopeless(atOnce: .random(using: &random), isCaught: false)
        case 35, 36: return .hopeless(atOnce: .random(using: &random), isCaught: true)
        default:
            guard depth > 0 else { return .write(isUndone: true) }
            let children = (0..<Int.random(in: 0...3, using: &random)).map { number in
                let size = min(left, .random(in: 0...5, using: &random))
                left -= size
                return Self.random(
                    "\(name).\(index).\(number)", steps: size, depth: depth - 1, longestSleep: longestSleep,
                    arrivals: arrivals, &random)
            }
            return .children(children)
        }
    }

    /// By the plain rules, without any engine: by run.
    package func expected() -> [String: Course] {
        var courses: [String: Course] = [:]
        var (course, undos, total) = (Course(), [String](), 1)
        func finish(_ output: Int?) -> [String: Course] {
            course.output = output
            if output == nil { course.notes += undos.reversed() }
            courses[name] = course
            return courses
        }
        for (index, act) in acts.enumerated() {
            let step = step(index)
            switch act {
            case .work(_, let isUndone), .write(let isUndone):
                course.notes.append("do \(step)")
                if isUndone { undos.append("undo \(step)") }
                total = Self.add(total, step)
            case .hopeless(_, let isCaught):
                guard isCaught else { return finish(nil) }
                total = Self.add(total, "caught")
            case .sleep: break
            case .wait(let arrival): total = Self.add(total, arrival == .never ? "never" : step)
            case .children(let children):
                for child in children {
                    let inner = child.expected()
                    courses.merge(inner) { first, _ in first }
                    total = Self.add(total, "\(inner[child.name]?.output ?? -1)")
                }
                undos.append("undo \(step)")
            }
        }
        return finish(total)
    }

    static func add(_ total: Int, _ text: String) -> Int {
        text.utf8.reduce(total) { ($0 &* 31 &+ Int($1)) % 1_000_000_007 }
    }

    package var waits: [(run: String, signal: String, arrival: Arrival)] {
        acts.enumerated().flatMap { index, act -> [(run: String, signal: String, arrival: Arrival)] in
            switch act {
            case .wait(let arrival): [(name, step(index), arrival)]
            case .children(let children): children.flatMap(\.waits)
            default: []
            }
        }
    }
}

/// Does a script. What happens outside of it is the world's.
package struct Scripted: Workflow {
    package static let name = "scripted"
    private let world: any ScriptWorld
    private let patience: Duration

    /// - Parameter patience: how long it waits for a signal that never comes.
    package init(world: any ScriptWorld, patience: Duration = .seconds(7 * 86_400)) {
        (self.world, self.patience) = (world, patience)
    }

    package func run(_ script: WorkflowScript, _ context: WorkflowContext) async throws -> Int {
        var total = 1
        for (index, act) in script.acts.enumerated() {
            let step = script.step(index)
            switch act {
            case .work(let failures, let isUndone):
                let text = try await work(step, in: script.name, failures, isUndone, context)
                total = WorkflowScript.add(total, text)
            case .write(let isUndone):
                let text = try await context.transaction(step) { session in
                    try world.happenWhileWriting("writing \(step)")
                    try note("do \(step)", run: script.name, in: session)
                    return step
                } undo: {
                    try await undo($0, isUndone, in: script.name)
                }
                total = WorkflowScript.add(total, text)
            case .hopeless(let atOnce, let isCaught):
                do {
                    try await context.step(step) {
                        try await world.happen("inside \(step)")
                        throw JobFailure(atOnce ? .final : .passing, "hopeless")
                    }
                } catch let failure as StepFailed {
                    guard isCaught else { throw failure }
                    total = WorkflowScript.add(total, "caught")
                }
            case .sleep(let seconds): try await context.sleep(step, for: .seconds(seconds))
            case .wait(let arrival):
                let text: String? =
                    if arrival.isTimed {
                        try await context.wait(for: step, as: String.self, timeout: patience)
                    } else {
                        try await context.wait(for: step, as: String.self)
                    }
                total = WorkflowScript.add(total, text ?? "never")
            case .children(let scripts):
                let outcomes = try await context.children(step, of: Scripted.self, scripts) { _ in
                    try await undo(step, true, in: script.name)
                }
                for outcome in outcomes {
                    let output = if case .completed(let output) = outcome { output } else { -1 }
                    total = WorkflowScript.add(total, "\(output)")
                }
            }
        }
        return total
    }

    private func work(
        _ step: String, in run: String, _ failures: Int, _ isUndone: Bool, _ context: WorkflowContext
    ) async throws -> String {
        try await context.step(step) {
            try await world.happen("inside \(step)")
            if world.fails(step, times: failures) { throw JobFailure(.passing, "not yet") }
            return step
        } recording: { found, session in
            try world.happenWhileWriting("recording \(step)")
            try note("do \(step)", run: run, in: session)
            return found
        } undo: {
            try await undo($0, isUndone, in: run)
        }
    }

    private func undo(_ step: String, _ isUndone: Bool, in run: String) async throws -> JobEffect {
        guard isUndone else { return { _ in } }
        try await world.happen("inside undo \(step)")
        return { session in
            try world.happenWhileWriting("writing undo \(step)")
            try note("undo \(step)", run: run, in: session)
        }
    }
}

/// What is around the workflows of one worker.
package protocol ScriptWorld: Sendable {
    /// - Throws: when the worker is killed there.
    func happen(_ place: String) async throws
    /// As ``happen(_:)``, in a transaction: what was written in it is undone.
    func happenWhileWriting(_ place: String) throws
    func fails(_ step: String, times: Int) -> Bool
}
