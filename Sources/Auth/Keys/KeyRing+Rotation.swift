import Storage

/// How a new key takes the place of the one before it.
public enum RotationPace: Sendable {
    /// It signs when every server has it, and the old one is accepted for ``KeyUse/overlap`` after that: nobody notices.
    case overlapping
    /// For a key that leaked: all keys of the use are gone as soon as servers reload, and so is what they signed.
    case immediate
}

extension KeyRing {
    /// The ring with `key` as the newest of its use, and without all keys whose time is over.
    ///
    /// - Throws: ``KeyRotationError/tooManyKeys(_:)``, ``KeyRotationError/algorithmOfSigning(_:)``.
    func rotated(
        _ use: KeyUse, to key: SigningKey, _ pace: RotationPace, at now: Timestamp
    ) throws(KeyRotationError) -> KeyRing {
        guard use == .signing || key.algorithm == .hs256 else { throw .algorithmOfSigning(use) }
        var ring = self
        switch pace {
        case .overlapping:
            guard let longer = self[use].followed(by: key, overlap: use.overlap, at: now) else {
                throw .tooManyKeys(use)
            }
            ring[use] = longer
        case .immediate:
            ring[use] = KeySuccession(RingKey(key, createdAt: now, signsFrom: now))
        }
        for use in KeyUse.allCases { ring[use] = ring[use].pruned(at: now) }
        return ring
    }
}

/// Why keys are not rotated.
public enum KeyRotationError: Error, Equatable, Sendable {
    /// So many old keys of the use are still accepted that something must rotate in a loop.
    case tooManyKeys(KeyUse)
    /// Keys of another use than signing are of one algorithm.
    case algorithmOfSigning(KeyUse)
    /// The signing key was brought by the operator.
    case operatorsKey
}

extension KeyRotationError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tooManyKeys(let use):
            "\(KeySuccession.longest) \(use.rawValue) keys are still accepted: wait until some are over, or rotate at once, "
                + "which ends what they signed"
        case .algorithmOfSigning(let use):
            "an algorithm can be chosen for signing keys only: rotate the \(use.rawValue) key without one"
        case .operatorsKey:
            "the signing key is JWT_SECRET, which is not ours to rotate: set it to another value on all servers"
        }
    }
}
