import Foundation

// Feeds broken files to a target, for as long as told: `audio` (decoder and analysis; if none is named), or what
// reads a sampler's project, `padconf`, `smp`, `pattern`.
//
//     fuzz [TARGET] SECONDS SEED     mutates the corpus; the same seed makes the same inputs
//     fuzz [TARGET] replay FILE...   runs single inputs in this process, to see them fail
//
// Every input that fails is left in `fuzz-findings`; the exit status is then 1.

var arguments = Array(CommandLine.arguments.dropFirst())
let named =
    arguments.first.flatMap(Target.init(rawValue:))
    ?? arguments.last.flatMap { arguments.first == "worker" ? Target(rawValue: $0) : nil }
let target = named ?? .audio
if arguments.first == target.rawValue { arguments.removeFirst() }
let findings = Findings(folder: URL(filePath: target == .audio ? "fuzz-findings" : "fuzz-findings/\(target)"))

func replay(_ files: some Sequence<String>) -> Bool {
    files.reduce(true) { isFine, file in
        let trial = target.trial(path: file, blockFrames: 4_096)
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
    let progress = try Watch(target: target, seconds: seconds, seed: seed, folder: folder, findings: findings).run()
    let time = start.duration(to: .now) / .seconds(1)
    print(
        "seed \(seed): \(progress.executions) executions, \(Int(Double(progress.executions) / time)) a second,",
        "\(progress.opened) \(target == .audio ? "with sound" : "read"), longest run \(progress.longestNanoseconds / 1_000_000) ms"
    )
    let failures = findings.all(seed)
    for failure in failures { print("\(findings.folder.relativePath)/\(failure.name).bin: \(failure.complaint)") }
    return failures.isEmpty
}

switch (arguments.first, arguments.dropFirst().map { $0 }) {
case ("replay", let files) where !files.isEmpty:
    exit(replay(files) ? 0 : 1)
case ("worker", let rest) where rest.count == 5:
    guard let seconds = Int(rest[0]), let seed = UInt64(rest[1]), let start = Int(rest[2]) else { exit(2) }
    let notes = Notes(folder: URL(filePath: rest[3]))
    try Worker(target: target, corpus: target.corpus(), seed: seed, notes: notes, findings: findings)
        .run(from: start, until: .now + .seconds(seconds))
case (let seconds?, let rest) where rest.count == 1:
    guard let seconds = Int(seconds), let seed = UInt64(rest[0]) else { fallthrough }
    exit(try fuzz(seconds: seconds, seed: seed) ? 0 : 1)
default:
    print("usage: fuzz [TARGET] SECONDS SEED | fuzz [TARGET] replay FILE...")
    exit(2)
}
