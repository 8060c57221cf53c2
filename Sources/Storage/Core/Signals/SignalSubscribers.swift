import Synchronization

/// Who waits for which topic in this process.
package final class SignalSubscribers: Sendable {
    private struct State {
        var continuations: [SignalTopic: [Int: AsyncStream<Void>.Continuation]] = [:]
        var nextID = 0
    }

    private let state = Mutex(State())

    package init() {}

    package func subscribe(to topic: SignalTopic) -> AsyncStream<Void> {
        // One waits at most: a second would say nothing new.
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id = state.withLock { state in
            state.nextID += 1
            state.continuations[topic, default: [:]][state.nextID] = continuation
            return state.nextID
        }
        continuation.onTermination = { [weak self] _ in self?.leave(topic, id) }
        continuation.yield()
        return stream
    }

    /// In the order in which they came.
    package func tell(_ topic: SignalTopic) {
        let continuations = state.withLock { $0.continuations[topic, default: [:]].sorted { $0.key < $1.key } }
        for (_, continuation) in continuations { continuation.yield() }
    }

    package func tellAll() {
        let continuations = state.withLock { $0.continuations.values.flatMap(\.values) }
        for continuation in continuations { continuation.yield() }
    }

    private func leave(_ topic: SignalTopic, _ id: Int) {
        state.withLock { state in
            state.continuations[topic]?[id] = nil
            if state.continuations[topic]?.isEmpty == true { state.continuations[topic] = nil }
        }
    }
}
