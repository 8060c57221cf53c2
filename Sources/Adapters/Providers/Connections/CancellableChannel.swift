import NIOCore
import Synchronization

/// Closes the channel that a task waits for when the task is cancelled, whichever of the two comes first.
final class CancellableChannel: Sendable {
    private struct State {
        var channel: (any Channel)?
        var isCancelled = false
    }

    private let state = Mutex(State())

    func open(_ channel: any Channel) {
        let isCancelled = state.withLock { state in
            state.channel = channel
            return state.isCancelled
        }
        if isCancelled { channel.close(promise: nil) }
    }

    func cancel() {
        let channel = state.withLock { state in
            state.isCancelled = true
            return state.channel
        }
        channel?.close(promise: nil)
    }
}

extension EventLoopFuture where Value: Sendable {
    /// Waits, and closes `channel` if the task is cancelled: the future must fail when the channel closes.
    func get(closing channel: any Channel) async throws -> Value {
        do {
            return try await withTaskCancellationHandler {
                try await get()
            } onCancel: {
                channel.close(promise: nil)
            }
        } catch {
            try Task.checkCancellation()
            throw error
        }
    }
}
