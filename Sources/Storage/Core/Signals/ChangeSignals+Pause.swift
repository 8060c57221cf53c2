extension ChangeSignals {
    /// As ``signals(on:)``, and once more whenever `pause` has gone by: for what no signal tells, as another process's
    /// change to an embedded database, or that of a process that died before it could tell.
    public func signals(on topic: SignalTopic, orEvery pause: Duration) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let signals = signals(on: topic)
        // Ends with the stream, and so with who iterates it.
        let task = Task {
            await withDiscardingTaskGroup { group in
                group.addTask {
                    for await _ in signals { continuation.yield() }
                }
                group.addTask {
                    while (try? await Task.sleep(for: pause)) != nil { continuation.yield() }
                }
            }
        }
        continuation.onTermination = { _ in task.cancel() }
        return stream
    }
}
