import FreshDatabases
import Storage
import StorageTestKit
import Synchronization
import Testing

@testable import Billing

@Suite(.timeLimit(.minutes(Rounds.minutes))) struct AIBudgetRaceTests {
    private struct Down: Error {}

    @Test(arguments: [0, 1, 50])
    func `of 256 at once exactly as many are asked as the day allows`(limit: Int) async throws {
        let prompter = try await Prompter()
        let calls = Mutex(0)
        let refused = await outcomes(of: 256) { _ in
            try await prompter.ask(Plan(aiPromptsPerDay: limit)) {
                calls.withLock { $0 += 1 }
                return ((), AITokens(input: 10, output: 10))
            }
        }
        #expect(refused.allSatisfy { $0 is QuotaExceeded } && refused.count == 256 - limit)
        #expect(calls.withLock { $0 } == limit)
        #expect(try await prompter.amounts() == [limit, 0, limit * 180, 0])
    }

    @Test func `of 256 at once no more are asked than the money lasts for`() async throws {
        let prompter = try await Prompter()
        let refused = await outcomes(of: 256) { _ in
            // All that may be needed is: 18,000 of 1,000,000 each.
            try await prompter.ask(Plan(aiBudgetCentsPerMonth: 100)) {
                ((), AITokens(input: 1_000, output: 1_000))
            }
        }
        #expect(refused.count == 256 - 55)
        #expect(try await prompter.amounts() == [55, 0, 55 * Prompter.most, 0])
        #expect(try await prompter.differences() == 0)
    }

    @Test func `of many that fail, are cancelled or answer, those that answered are counted, and no other`()
        async throws
    {
        let prompter = try await Prompter()
        let answered = Mutex(0)
        let errors = await outcomes(of: 96) { number in
            try await prompter.ask(Plan(aiPromptsPerDay: 1_000)) {
                switch number % 3 {
                case 0: throw Down()
                case 1: throw CancellationError()
                default:
                    answered.withLock { $0 += 1 }
                    return ((), AITokens(input: 1, output: 1))
                }
            }
        }
        #expect(errors.count == 64)
        #expect(answered.withLock { $0 } == 32)
        #expect(try await prompter.amounts() == [32, 0, 32 * 18, 0])
        #expect(try await prompter.prompts().count == 32)
    }

    @Test func `a provider that is down gives the prompt back each time`() async throws {
        let prompter = try await Prompter()
        for _ in 1...5 {
            await #expect(throws: Down.self) {
                try await prompter.ask(Plan(aiPromptsPerDay: 1)) { () -> (answer: String, usage: AITokens) in
                    throw Down()
                }
            }
            #expect(try await prompter.amounts() == [0, 0, 0, 0])
        }
        #expect(try await prompter.ask(Plan(aiPromptsPerDay: 1)) { ("warm", AITokens()) } == "warm")
    }

    @Test func `an excess that the call itself throws gives the prompt back, too`() async throws {
        let prompter = try await Prompter()
        await #expect(throws: QuotaExceeded.self) {
            try await prompter.ask(Plan(aiPromptsPerDay: 1)) { () -> (answer: String, usage: AITokens) in
                throw QuotaExceeded(unit: .uploads, limit: 0, taken: 0, requested: 1, resetsAt: nil)
            }
        }
        #expect(try await prompter.amounts() == [0, 0, 0, 0])
    }

    @Test func `a task that is cancelled while it waits gives everything back`() async throws {
        let prompter = try await Prompter()
        let (begun, beginning) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            try await prompter.ask(Plan(aiPromptsPerDay: 1)) {
                beginning.finish()
                try await Task.sleep(for: .seconds(600))
                return ("never", AITokens())
            }
        }
        for await _ in begun {}
        #expect(try await prompter.amounts() == [0, 1, 0, Prompter.most])
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await prompter.amounts() == [0, 0, 0, 0])
    }

    @Test func `an answer that comes although the task was cancelled is counted`() async throws {
        let prompter = try await Prompter()
        let (begun, beginning) = AsyncStream.makeStream(of: Void.self)
        let (go, going) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            try await prompter.ask(Plan(aiPromptsPerDay: 1)) {
                beginning.finish()
                await withoutCancellation(until: go)
                return ("late", AITokens(input: 1, output: 1))
            }
        }
        for await _ in begun {}
        task.cancel()
        going.finish()
        #expect(try await task.value == "late")
        #expect(try await prompter.amounts() == [1, 0, 18, 0])
    }

    @Test func `tasks cancelled at any moment hold nothing afterwards`() async throws {
        let prompter = try await Prompter()
        let answered = Mutex(0)
        let ask: @Sendable () async throws -> Void = {
            try await prompter.ask(Plan(aiPromptsPerDay: 1_000)) {
                await Task.yield()
                try Task.checkCancellation()
                answered.withLock { $0 += 1 }
                return ((), AITokens(input: 1))
            }
        }
        let tasks = (0..<64).map { _ in Task { try await ask() } }
        var random = SplitMix64(seed: 7)
        for task in tasks.shuffled(using: &random) {
            if Bool.random(using: &random) { task.cancel() }
            await Task.yield()
        }
        for task in tasks { _ = await task.result }
        let count = answered.withLock { $0 }
        #expect(try await prompter.amounts() == [count, 0, 3 * count, 0])
        #expect(try await prompter.differences() == 0)
    }

    /// As a provider that does not hear of it.
    private func withoutCancellation(until go: AsyncStream<Void>) async {
        await Task { for await _ in go {} }.value
    }

    /// What `count` at once were answered with where it was an error.
    private func outcomes(
        of count: Int, _ body: @escaping @Sendable (Int) async throws -> Void
    ) async -> [any Error] {
        await withTaskGroup(of: (any Error)?.self) { group in
            for number in 0..<count {
                group.addTask {
                    do {
                        try await body(number)
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            return await group.reduce(into: []) { errors, error in
                if let error { errors.append(error) }
            }
        }
    }
}
