import AudioCore
import Storage

/// Analyses in child processes: decoders written in C meet bytes from strangers there, with limits and a deadline.
///
/// A child is kept and used again until it misbehaves. A file that crashes or hangs it costs one analysis.
public actor AnalysisPool: SampleAnalyzer {
    /// How many analyses may wait for a child.
    public static let longestQueue = 256

    /// What one analysis may take before its child is killed; on a busy machine, of a processor.
    public static let deadline = Duration.seconds(120)
    /// Files one child analyses.
    private static let mostAnswers = 1_000

    let executable: String
    let arguments: [String]
    let deadline: Duration
    private let ffmpeg: FFmpeg?
    private var free: Int
    private var idle: [ChildProcess] = []
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// - Parameters:
    ///   - executable: the program that runs ``AnalysisServer`` when it gets `arguments`.
    ///   - size: analyses at once; the number of cores is a good one.
    ///   - deadline: what one analysis may take before its child is killed.
    ///   - ffmpeg: what the children, by their arguments, decode M4A and AAC with.
    public init(
        executable: String, arguments: [String], size: Int, deadline: Duration = AnalysisPool.deadline,
        ffmpeg: FFmpeg? = nil
    ) {
        (self.executable, self.arguments) = (executable, arguments)
        (self.deadline, self.ffmpeg) = (deadline, ffmpeg)
        free = max(1, size)
    }

    public func analyze(path: String, options: AnalysisOptions) async throws(AnalysisFailure) -> AudioFeatures {
        try await answer(to: AnalysisRequest(path: path, task: AnalysisTask(options))).features()
    }

    public func draw(_ drawing: Drawing, of path: String) async throws(AnalysisFailure) -> [UInt8] {
        try await answer(to: AnalysisRequest(path: path, task: .drawing(drawing))).drawing()
    }

    /// By a child of its own, which may write, and is never given another file.
    public func level(
        _ leveling: Leveling, path: String, to output: String
    ) async throws(AnalysisFailure) -> LeveledSound {
        let request = AnalysisRequest(path: path, task: .leveling(leveling, output: output))
        return try await answer(to: request, writing: true).leveled()
    }

    private func answer(
        to request: AnalysisRequest, writing: Bool = false
    ) async throws(AnalysisFailure) -> AnalysisResponse {
        try await enter()
        defer { leave() }
        guard !Task.isCancelled else { throw .cancelled }
        guard let line = try? AnalysisMessage.encode(request) else {
            throw .crashed("the request cannot be encoded")
        }
        let child = try writing ? start(arguments + [AnalysisServer.writing]) : child()
        let answer: [UInt8]
        do {
            answer = try await ask(child, line)
        } catch {
            child.stop()
            if Task.isCancelled { throw .cancelled }
            switch error {
            case .died: throw .crashed("the analysis crashed on this file")
            case .timedOut: throw .crashed("the analysis took longer than \(deadline.components.seconds) s")
            case .babbled, .cannotStart: throw .crashed("the analysis failed")
            }
        }
        guard let response: AnalysisResponse = AnalysisMessage.decode(answer) else {
            child.stop()
            throw .crashed("the analysis failed")
        }
        // Libraries leak a little on broken files: a child that has seen many makes room for a fresh one.
        if child.answered < Self.mostAnswers, !writing { idle.append(child) } else { child.stop() }
        return response
    }

    nonisolated public func accepts(_ format: AudioFormat) -> Bool { !format.needsFFmpeg || ffmpeg != nil }

    private func child() throws(AnalysisFailure) -> ChildProcess {
        while let child = idle.popLast() {
            // One that died while it was idle is not the next file's fault, and what it said unasked not its answer.
            if child.isSilent { return child }
        }
        return try start(arguments)
    }

    private func start(_ arguments: [String]) throws(AnalysisFailure) -> ChildProcess {
        do {
            return try ChildProcess(executable: executable, arguments: arguments)
        } catch {
            throw .crashed("the analysis cannot be started")
        }
    }

    func ask(_ child: ChildProcess, _ line: [UInt8]) async throws(ChildProcessError) -> [UInt8] {
        let result = await withTaskCancellationHandler {
            await blocking {
                Result { () throws(ChildProcessError) in
                    try child.ask(line, longestAnswer: AnalysisMessage.longest, within: self.deadline)
                }
            }
        } onCancel: {
            child.stop()
        }
        return try result.get()
    }

    /// Waits for a free place, first come, first served.
    func enter() async throws(AnalysisFailure) {
        if free > 0 {
            free -= 1
            return
        }
        guard waiting.count < Self.longestQueue else { throw .overloaded }
        // A place given up by somebody else is handed over, not put back: it never counts as free in between.
        await withCheckedContinuation { waiting.append($0) }
    }

    func leave() {
        if waiting.isEmpty {
            free += 1
        } else {
            waiting.removeFirst().resume()
        }
    }
}
