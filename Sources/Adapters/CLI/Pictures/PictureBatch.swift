import ArgumentParser
import AudioCore
import Foundation

/// Works through the files of a command that makes one output for each, and says what went wrong.
struct PictureBatch {
    let files: [String]
    private let targets: [String: OutputFile]
    private let atOnce: Int
    private(set) var failures: Int

    /// Finds the files and where each result goes; of two that would go to the same place the second is refused.
    init(_ paths: [String], _ plan: OutputPlan, ending: String, atOnce: Int) throws {
        let found = AudioFinder.find(paths)
        var problems = found.problems
        var (files, taken): ([String], [String: String]) = ([], [:])
        targets = found.files.isEmpty ? [:] : try plan.targets(for: found, ending: ending)
        for file in found.files {
            let path = targets[file]?.path ?? ""
            if let other = taken.updateValue(file, forKey: path) {
                taken[path] = other
                if other == file { continue }
                problems.append(
                    FileProblem(
                        path: file, reason: "\(other.printable) goes to \(path.printable) already: use two folders"))
            } else {
                files.append(file)
            }
        }
        for problem in problems { problem.report() }
        (self.files, self.atOnce, failures) = (files, atOnce, problems.count)
    }

    /// Does the same to some files, several at once, and hands on the results in order.
    mutating func run<Value: Sendable>(
        _ files: [String], work: @escaping @Sendable (String, OutputFile) throws -> Value,
        each: (String, Value) -> Void
    ) async {
        var progress = Progress(total: files.count)
        var index = 0
        let targets = targets
        let results = FileBatch.results(of: files, atOnce: atOnce) { path in
            guard let target = targets[path] else { throw FileProblem(path: path, reason: "there is no place for it") }
            return try work(path, target)
        }
        for await result in results {
            progress.clear()
            switch result {
            case .success(let value): each(files[index], value)
            case .failure(let problem):
                failures += 1
                problem.report()
            }
            index += 1
            progress.advance()
        }
        progress.clear()
    }

    func end() throws {
        if failures > 0 { throw ExitCode(1) }
    }
}
