import Storage

/// The threads that wait for servers: none of those that wait for files, which a slow server would hold up.
enum PostgresThreads {
    /// Each transaction has its place in a ``PostgresPool`` before it comes here: there are as many at once as connections.
    static let transactions = ThreadPool(width: .max)
    /// They end what the others wait for, so they do not queue behind them. Telling a server takes one round trip.
    static let interrupts = ThreadPool(width: 8)
}
