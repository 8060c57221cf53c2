import Storage

/// Where an installation keeps its ring. Every call returns or throws within some seconds.
public protocol KeyStore: Sendable {
    /// The ring; fresh keys at the first start. Programs that start together agree: the first one wins.
    func loadOrCreate(at now: Timestamp) async throws -> KeyRing

    /// The ring as it is now.
    func load() async throws -> KeyRing

    /// Changes the ring in one step, so that of two who change it at once neither loses what the other did. Servers see
    /// the old ring or the new one.
    ///
    /// - Parameter change: gets the ring as it is; may run more than once.
    func update(_ change: @escaping @Sendable (KeyRing) throws -> KeyRing) async throws -> KeyRing
}

extension KeyStore {
    /// Gives a use a fresh key.
    ///
    /// - Parameters:
    ///   - algorithm: of a signing key; nil for that of the newest one.
    ///   - now: by the clock that servers have, give or take ``KeySuccession/propagation``.
    /// - Throws: ``KeyRotationError``, and what the store throws.
    public func rotate(
        _ use: KeyUse, to algorithm: SignatureAlgorithm? = nil, _ pace: RotationPace = .overlapping, at now: Timestamp
    ) async throws -> KeyRing {
        let algorithm = if let algorithm { algorithm } else { try await load()[use].newest.algorithm }
        // Finding an RSA key takes a second, in which nobody is to wait for the ring.
        let key = try await blocking { () throws(SigningKeyError) in try SigningKey.random(algorithm) }
        return try await update { try $0.rotated(use, to: key, pace, at: now) }
    }
}
