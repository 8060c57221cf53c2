import ArgumentParser

/// Works through the files of a command, shows how far it is, and says what went wrong.
struct FileBatch {
    let files: [String]
    private let atOnce: Int
    private let interruption = Interruption()
    private(set) var failures: Int

    /// - Parameter problems: with the files that are not among `files`; named at once.
    init(_ files: [String], problems: [FileProblem], atOnce: Int) {
        for problem in problems { problem.report() }
        (self.files, self.atOnce, failures) = (files, atOnce, problems.count)
    }

    init(_ found: AudioFinder, atOnce: Int) { self.init(found.files, problems: found.problems, atOnce: atOnce) }

    /// Does the same to every file, several at once, and hands on what comes of it in the order of the files.
    ///
    /// - Parameter files: some of the batch; all if none are named.
    mutating func run<Value: Sendable>(
        _ files: [String]? = nil, work: @escaping @Sendable (String) throws -> Value,
        each: (String, Value) -> Void
    ) async {
        let files = files ?? self.files
        var (progress, index) = (Progress(total: files.count), 0)
        for await result in Self.results(of: files, atOnce: atOnce, until: interruption, work: work) {
            progress.clear()
            switch result {
            case .success(let value): each(files[index], value)
            case .failure(let problem) where !interruption.isRequested:
                failures += 1
                problem.report()
            case .failure: break
            }
            index += 1
            progress.advance()
        }
        progress.clear()
    }

    /// Whether Control-C was pressed.
    var isInterrupted: Bool { interruption.isRequested }

    /// - Throws: `ExitCode`, 1 if a file failed, 130 after Control-C.
    func end() throws {
        if interruption.isRequested { throw ExitCode.interrupted }
        if failures > 0 { throw ExitCode.someFailed }
    }
}

extension FileBatch {
    /// Results in the order of the files, each as soon as it and those before it are there. Ends early, and the
    /// work is cancelled, at an interruption or when nobody listens any more.
    static func results<Value: Sendable>(
        of files: [String], atOnce limit: Int, until interruption: Interruption,
        work: @escaping @Sendable (String) throws -> Value
    ) -> AsyncStream<Result<Value, FileProblem>> {
        let (stream, output) = AsyncStream<Result<Value, FileProblem>>.makeStream()
        let task = Task {
            await withTaskGroup(of: (Int, Result<Value, FileProblem>).self) { group in
                var (next, printed) = (0, 0)
                var early: [Int: Result<Value, FileProblem>] = [:]
                func start() {
                    guard next < files.count, !Task.isCancelled else { return }
                    let (index, path) = (next, files[next])
                    next += 1
                    group.addTask {
                        (index, Result { try work(path) }.mapError { FileProblem(path: path, error: $0) })
                    }
                }
                for _ in 0..<limit { start() }
                for await (index, result) in group {
                    early[index] = result
                    while let ready = early.removeValue(forKey: printed) {
                        output.yield(ready)
                        printed += 1
                    }
                    start()
                }
            }
            output.finish()
        }
        interruption.react { task.cancel() }
        output.onTermination = { _ in task.cancel() }
        return stream
    }
}
