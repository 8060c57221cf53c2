import StorageTestKit
import Synchronization

/// The one source of chance of a simulation. As one errand at a time goes on, all of them may draw from it.
final class Dice: Sendable {
    private let random: Mutex<SplitMix64>

    init(seed: UInt64) {
        random = Mutex(SplitMix64(seed: seed))
    }

    func roll(_ range: ClosedRange<Int>) -> Int {
        random.withLock { Int.random(in: range, using: &$0) }
    }

    /// Once in so many times.
    func isOne(in times: Int) -> Bool { roll(1...times) == 1 }

    func fraction() -> Double {
        random.withLock { Double.random(in: 0...1, using: &$0) }
    }

    func pick<Element: Sendable>(_ elements: [Element]) -> Element? {
        elements.isEmpty ? nil : elements[roll(0...elements.count - 1)]
    }

    func use<Value: Sendable>(_ body: (inout SplitMix64) -> Value) -> Value {
        random.withLock { body(&$0) }
    }
}
