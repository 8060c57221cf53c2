import Foundation

/// The half that stays alive: starts workers, ends one that hangs, keeps the input of one that dies.
struct Watch {
    let target: Target
    let seconds: Int
    let seed: UInt64
    let folder: URL
    let findings: Findings

    /// By the clock: a busy machine makes a second of work take many.
    private static let patience = Duration.seconds(30)
    /// Deaths after which there is enough to look at.
    private static let mostDeaths = 50

    /// - Returns: how far the trials came.
    func run() throws -> Progress {
        let notes = Notes(folder: folder)
        let end = ContinuousClock.now + .seconds(seconds)
        var start = 0
        for _ in 0..<Self.mostDeaths {
            let left = ContinuousClock.now.duration(to: end).components.seconds
            let death = try watch(worker(from: start, seconds: max(0, left)), notes)
            guard let death else { return notes.read() ?? Progress() }
            let progress = notes.read() ?? Progress()
            let bytes = try [UInt8](Data(contentsOf: notes.input))
            try findings.save(bytes, seed, progress.index, death)
            start = progress.index + 1
        }
        return notes.read() ?? Progress()
    }

    /// `nil` for a worker that came to its end, else how it died.
    private func watch(_ process: Process, _ notes: Notes) throws -> String? {
        var (last, since) = (-1, ContinuousClock.now)
        while process.isRunning {
            Thread.sleep(forTimeInterval: 0.1)
            let index = notes.read()?.index ?? 0
            if index != last { (last, since) = (index, .now) }
            if since.duration(to: .now) > Self.patience {
                kill(process.processIdentifier, SIGKILL)
                process.waitUntilExit()
                return "hangs"
            }
        }
        process.waitUntilExit()
        let status = process.terminationStatus
        if process.terminationReason == .exit { return status == 0 ? nil : "ends with status \(status)" }
        return "crashes with signal \(status)"
    }

    private func worker(from start: Int, seconds: Int64) throws -> Process {
        let process = Process()
        let arguments = ["worker", "\(seconds)", "\(seed)", "\(start)", folder.path(), target.rawValue]
        #if os(Linux)
        process.executableURL = URL(filePath: "/usr/bin/prlimit")
        process.arguments = ["--as=1073741824", "--core=0", CommandLine.arguments[0]] + arguments
        #else
        process.executableURL = URL(filePath: CommandLine.arguments[0])
        process.arguments = arguments
        #endif
        // libmpg123 prints a line for every damaged frame.
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }
}
