/// Runs work that waits for files, locks or other processes away from the few threads of the cooperative pool.
public func blocking<Value: Sendable, Failure: Error>(
    _ work: @escaping @Sendable () throws(Failure) -> Value
) async throws(Failure) -> Value {
    try await blocking(on: sharedThreads, work)
}

/// Does so on threads that others do not use: what waits for long must not hold up what is short.
///
/// - Parameter threads: whose queue has room for everybody.
package func blocking<Value: Sendable, Failure: Error>(
    on threads: ThreadPool, _ work: @escaping @Sendable () throws(Failure) -> Value
) async throws(Failure) -> Value {
    let result: Result<Value, Failure>
    do {
        result = try await threads.run { () -> Result<Value, Failure> in
            do throws(Failure) {
                return .success(try work())
            } catch {
                return .failure(error)
            }
        }
    } catch {
        preconditionFailure("the pool has room for everybody")
    }
    return try result.get()
}

private let sharedThreads = ThreadPool(width: 64)
