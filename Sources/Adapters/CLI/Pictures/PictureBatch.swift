import ArgumentParser
import AudioCore
import Foundation

/// Works through the files of a command that makes one output for each.
struct PictureBatch {
    private let targets: [String: PictureTarget]
    private var batch: FileBatch

    /// Finds the files and where each result goes; of two that would go to the same place the second is refused.
    init(_ paths: [String], _ plan: OutputPlan, ending: String, atOnce: Int) throws {
        let found = AudioFinder.find(paths)
        var problems = found.problems
        var (files, taken): ([String], [String: String]) = ([], [:])
        targets = found.files.isEmpty ? [:] : try plan.targets(for: found, ending: ending)
        let inputs = Set(found.files.map(\.absolutePath))
        for file in found.files {
            let path = targets[file]?.path ?? ""
            guard !inputs.contains(path.absolutePath) else {
                problems.append(
                    FileProblem(path: file, reason: "\(path.printable) is one of the sounds: name another -o"))
                continue
            }
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
        batch = FileBatch(files, problems: problems, atOnce: atOnce)
    }

    var files: [String] { batch.files }

    /// Does the same to some files, several at once, and hands on the results in order.
    mutating func run<Value: Sendable>(
        _ files: [String], work: @escaping @Sendable (String, PictureTarget) throws -> Value,
        each: (String, Value) -> Void = { _, _ in }
    ) async {
        let targets = targets
        await batch.run(files) { path in
            guard let target = targets[path] else { throw FileProblem(path: path, reason: "there is no place for it") }
            return try work(path, target)
        } each: { path, value in
            each(path, value)
        }
    }

    func end() throws { try batch.end() }
}
