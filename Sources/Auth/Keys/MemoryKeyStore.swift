import Storage
import Synchronization

/// A ring that is gone with the process: for tests, and services without a past.
public final class MemoryKeyStore: KeyStore {
    private let ring: Mutex<KeyRing>

    public init(_ ring: KeyRing) {
        self.ring = Mutex(ring)
    }

    public func loadOrCreate(at now: Timestamp) -> KeyRing { load() }

    public func load() -> KeyRing { ring.withLock { $0 } }

    public func update(_ change: @Sendable (KeyRing) throws -> KeyRing) throws -> KeyRing {
        try ring.withLock { ring in
            ring = try change(ring)
            return ring
        }
    }
}
