import Synchronization

/// Values that are costly to make and never change: made once for each key and shared by the process.
///
/// The most recently used ones are kept: files may claim any rate, and memory must not grow with what they
/// claim. Making happens under the lock, so nothing is made twice; FFTW's planner needs that lock besides.
struct SharedValues<Key: Equatable & Sendable, Value: AnyObject & Sendable>: ~Copyable, Sendable {
    private let values = Mutex<[(key: Key, value: Value)]>([])
    private let capacity: Int

    init(capacity: Int) { self.capacity = capacity }

    func value(for key: Key, make: (Key) -> Value) -> Value {
        values.withLock { values in
            let known = values.firstIndex { $0.key == key }.map { values.remove(at: $0) }
            let entry = known ?? (key, make(key))
            values.insert(entry, at: 0)
            if values.count > capacity { values.removeLast() }
            return entry.value
        }
    }
}
