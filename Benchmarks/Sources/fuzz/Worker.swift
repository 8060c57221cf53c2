import Foundation
import SeededRandom

/// The half that runs the trials. It may die at any of them: what it was doing is on disk before it does it.
struct Worker {
    let target: Target
    let corpus: Corpus
    let seed: UInt64
    let notes: Notes
    let findings: Findings

    /// Runs from trial `start` on, until `end`. The first trials are the corpus as it is.
    func run(from start: Int, until end: ContinuousClock.Instant) throws {
        let mutator = Mutator(corpus.entries.map(\.bytes))
        var progress = notes.read() ?? Progress()
        var index = start
        while index < corpus.entries.count || .now < end {
            var random = SplitMix64(seed: seed &+ UInt64(index) &* 0xD1B5_4A32_D192_ED03)
            let isReplay = index < corpus.entries.count
            let bytes = isReplay ? corpus.entries[index].bytes : mutator.mutated(pick(&random), &random)
            try notes.keep(input: bytes)
            progress.index = index
            notes.write(progress)

            let frames = isReplay ? 4_096 : Int.random(in: 1...5_000, using: &random)
            let trial = target.trial(path: notes.input.path(), blockFrames: frames)
            progress.count(trial)
            if let complaint = trial.complaint { try findings.save(bytes, seed, index, complaint) }
            index += 1
        }
        notes.write(progress)
    }

    /// Most of the corpus is small; the few large files would take all the time.
    private func pick(_ random: inout SplitMix64) -> [UInt8] {
        let entry = corpus.entries.randomElement(using: &random)?.bytes ?? []
        let isCostly = entry.count > 20_000 || entry.starts(with: "fLaC".utf8) && entry.count > 1_000
        return isCostly && Int.random(in: 0..<20, using: &random) > 0 ? pick(&random) : entry
    }
}

/// How far a worker has come; plain numbers, as they lie in its file.
struct Progress {
    var index = 0
    var executions = 0
    var opened = 0
    var longestNanoseconds: Int64 = 0

    mutating func count(_ trial: any Outcome) {
        executions += 1
        opened += trial.isOpened ? 1 : 0
        longestNanoseconds = max(longestNanoseconds, Int64(trial.longest / .nanoseconds(1)))
    }
}

/// Two small files in memory by which a worker tells what it is doing.
struct Notes {
    let input: URL
    private let descriptor: CInt

    init(folder: URL) {
        input = folder.appending(path: "input")
        descriptor = open(folder.appending(path: "progress").path(), O_RDWR | O_CREAT, 0o600)
    }

    func keep(input bytes: [UInt8]) throws {
        try Data(bytes).write(to: input)
    }

    func write(_ progress: Progress) {
        withUnsafeBytes(of: progress) { _ = pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    }

    func read() -> Progress? {
        var progress = Progress()
        let count = withUnsafeMutableBytes(of: &progress) { pread(descriptor, $0.baseAddress, $0.count, 0) }
        return count == MemoryLayout<Progress>.size ? progress : nil
    }
}
