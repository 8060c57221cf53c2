import Foundation

// Feeds broken files to the decoder and the analysis, for as long as told.
//
//     fuzz SECONDS SEED       mutates the corpus; the same seed makes the same inputs
//     fuzz replay FILE...     runs single inputs in this process, to see them fail
//
// Every input that fails is left in `fuzz-findings`; the exit status is then 1.

let findings = Findings(folder: URL(filePath: "fuzz-findings"))
let arguments = Array(CommandLine.arguments.dropFirst())

func corpus() throws -> Corpus {
    let vectors = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../Tests/Vectors/audio")
    let others = ProcessInfo.processInfo.environment["WAXWING_VECTORS"].map { URL(filePath: $0) }
    return try Corpus(vectors: vectors.standardizedFileURL, others: others)
}

func replay(_ files: some Sequence<String>) -> Bool {
    files.reduce(true) { isFine, file in
        let trial = Trial(path: file, blockFrames: 4_096)
        print("\(file): \(trial.complaint ?? "fine"), longest \(trial.longest)")
        return isFine && trial.complaint == nil
    }
}

func fuzz(seconds: Int, seed: UInt64) throws -> Bool {
    let memory = FileManager.default.fileExists(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()
    let folder = URL(filePath: memory).appending(path: "waxwing-fuzz-\(getpid())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    findings.clear(seed)
    let start = ContinuousClock.now
    let progress = try Watch(seconds: seconds, seed: seed, folder: folder, findings: findings).run()
    let time = start.duration(to: .now) / .seconds(1)
    print(
        "seed \(seed): \(progress.executions) executions, \(Int(Double(progress.executions) / time)) a second,",
        "\(progress.opened) with sound, longest run \(progress.longestNanoseconds / 1_000_000) ms")
    let failures = findings.all(seed)
    for failure in failures { print("fuzz-findings/\(failure.name).bin: \(failure.complaint)") }
    return failures.isEmpty
}

switch (arguments.first, arguments.dropFirst().map { $0 }) {
case ("replay", let files) where !files.isEmpty:
    exit(replay(files) ? 0 : 1)
case ("worker", let rest) where rest.count == 4:
    guard let seconds = Int(rest[0]), let seed = UInt64(rest[1]), let start = Int(rest[2]) else { exit(2) }
    let notes = Notes(folder: URL(filePath: rest[3]))
    try Worker(corpus: corpus(), seed: seed, notes: notes, findings: findings)
        .run(from: start, until: .now + .seconds(seconds))
case (let seconds?, let rest) where rest.count == 1:
    guard let seconds = Int(seconds), let seed = UInt64(rest[0]) else { fallthrough }
    exit(try fuzz(seconds: seconds, seed: seed) ? 0 : 1)
default:
    print("usage: fuzz SECONDS SEED | fuzz replay FILE...")
    exit(2)
}
