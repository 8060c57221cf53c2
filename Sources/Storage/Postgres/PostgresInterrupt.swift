import CLibPQ

/// Asks the server to stop what a connection is doing.
///
/// Unchecked, as libpq permits: of all its functions `PQcancel` alone may be called from any thread at any time.
final class PostgresInterrupt: @unchecked Sendable {
    private let cancel: OpaquePointer

    init(_ cancel: OpaquePointer) {
        self.cancel = cancel
    }

    deinit {
        PQfreeCancel(cancel)
    }

    /// Returns once the server has been told; that the connection is idle does no harm.
    func send() {
        var message = [CChar](repeating: 0, count: 256)
        // If it cannot be sent, the statement ends by its time limit.
        _ = PQcancel(cancel, &message, Int32(message.count))
    }
}
