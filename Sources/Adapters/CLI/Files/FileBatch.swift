/// Work on many files at once.
enum FileBatch {
    /// Results in the order of the files, each as soon as it and those before it are there. Ends early, and the
    /// work is cancelled, when nobody listens any more.
    static func results<Value: Sendable>(
        of files: [String], atOnce limit: Int, work: @escaping @Sendable (String) throws -> Value
    ) -> AsyncStream<Result<Value, FileProblem>> {
        let (stream, output) = AsyncStream<Result<Value, FileProblem>>.makeStream()
        let task = Task {
            await withTaskGroup(of: (Int, Result<Value, FileProblem>).self) { group in
                var (next, printed) = (0, 0)
                var early: [Int: Result<Value, FileProblem>] = [:]
                func start() {
                    guard next < files.count else { return }
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
        output.onTermination = { _ in task.cancel() }
        return stream
    }
}
