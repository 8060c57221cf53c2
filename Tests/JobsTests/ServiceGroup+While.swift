import ServiceLifecycle

extension ServiceGroup {
    /// Runs the services until `body` is over, then stops them gracefully.
    nonisolated func run<Value: Sendable>(while body: () async throws -> Value) async throws -> Value {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.run() }
            let value: Value
            do {
                value = try await body()
            } catch {
                await triggerGracefulShutdown()
                throw error
            }
            await triggerGracefulShutdown()
            try await group.waitForAll()
            return value
        }
    }
}
