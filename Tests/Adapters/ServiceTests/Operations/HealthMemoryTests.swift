import StorageTestKit
import Synchronization
import Testing

@testable import WaxwingService

@Suite struct HealthMemoryTests {
    /// A clock that is moved by hand.
    private final class Hand: Sendable {
        private let time = Mutex(ContinuousClock.now)
        var now: ContinuousClock.Instant { time.withLock { $0 } }
        func advance(by duration: Duration) { time.withLock { $0 += duration } }
    }

    private let hand = Hand()
    private let memory: HealthMemory

    init() {
        memory = HealthMemory(now: { [hand] in hand.now })
    }

    @Test func `an answer is given again for two seconds, be it good or bad`() async {
        for isWell in [true, false] {
            #expect(await memory.parts { [.storage: isWell] } == [.storage: isWell])
            hand.advance(by: .milliseconds(1999))
            #expect(await memory.parts { [.storage: !isWell] } == [.storage: isWell])
            hand.advance(by: .milliseconds(1))
        }
        #expect(await memory.parts { [:] } == [:])
    }

    @Test func `one looks while the others have the last answer, unless that is too old`() async throws {
        _ = await memory.parts { [.database: true] }
        hand.advance(by: .seconds(3))
        let (began, goOn) = (AsyncStream.makeStream(of: Void.self), AsyncStream.makeStream(of: Void.self))
        async let looked = memory.parts {
            began.continuation.finish()
            for await _ in goOn.stream {}
            return [.database: false]
        }
        for await _ in began.stream {}
        let others = await memory.parts { [:] }
        #expect(others == [.database: true])
        hand.advance(by: .seconds(7))
        let impatient = await memory.parts { [.storage: false] }
        #expect(impatient == [.storage: false])
        goOn.continuation.finish()
        #expect(await looked == [.database: false])
    }

    @Test func `what somebody asked who went away is not remembered`() async {
        let gone = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await memory.parts { [.database: false] }
        }
        _ = await gone.value
        #expect(await memory.parts { [.database: true] } == [.database: true])
    }
}
