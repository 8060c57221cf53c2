import ArgumentParser
import AudioCore
import Foundation

/// Carries a plan out: converts what fits, several sounds at once, and publishes the folder.
struct CardExport<Plan: CardPlan> {
    private let plan: Plan
    private let check: CardCheck
    private let folder: CardFolder
    private let title: String
    private var files: FileBatch
    private var failures: Int

    init(_ plan: Plan, _ check: CardCheck, in folder: CardFolder, _ sounds: ExportSounds, atOnce: Int) {
        (self.plan, self.check, self.folder, title) = (plan, check, folder, sounds.title)
        failures = sounds.hasProblems ? 1 : 0
        let targets = zip(plan.items, check.items).filter { $1.problems.isEmpty }.map { $0.0.target }
        files = FileBatch(targets, problems: [], atOnce: atOnce)
    }

    /// Whether anything was left out.
    var hasFailures: Bool { failures + files.failures > 0 }

    /// - Throws: `ExitCode`, 1 if no sound could be converted, 130 after Control-C; nothing is left on the card then.
    mutating func run() async throws -> ExportReport.Done {
        let started = ContinuousClock.now
        for problem in plan.problems + plan.omissions + check.items.flatMap(\.problems) { tell(problem) }
        failures += plan.omissions.count + check.items.filter { !$0.problems.isEmpty }.count
        for parent in Set(files.files.map { ($0 as NSString).deletingLastPathComponent }) where !parent.isEmpty {
            try folder.makeFolder(parent)
        }
        let samples = await convert()
        if files.isInterrupted { throw ExitCode.interrupted }
        guard !samples.isEmpty else {
            FileProblem(path: title, reason: "no sound could be converted: nothing was written").report()
            throw ExitCode.someFailed
        }
        try plan.complete(samples, in: folder.staging)
        if files.isInterrupted { throw ExitCode.interrupted }
        let backup = try folder.publish()
        let seconds = started.duration(to: .now) / .seconds(1)
        return ExportReport.Done(samples: samples, backup: backup, seconds: seconds)
    }

    private mutating func convert() async -> [Int: CardSample] {
        let indexes = Dictionary(uniqueKeysWithValues: plan.items.enumerated().map { ($1.target, $0) })
        let (plan, staging) = (plan, folder.staging)
        var samples: [Int: CardSample] = [:]
        await files.run { target in
            let index = indexes[target] ?? 0
            do {
                return (index, try plan.convert(index, in: staging))
            } catch {
                let item = plan.items[index]
                let pad = item.pad.map { "\($0): " } ?? ""
                throw FileProblem(path: item.source, reason: pad + FileProblem(path: "", error: error).reason)
            }
        } each: { _, result in
            samples[result.0] = result.1
        }
        return samples
    }

    private func tell(_ problem: KitProblem) { FileProblem(path: title, reason: problem.description).report() }
}
