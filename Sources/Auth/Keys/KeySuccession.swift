import Storage

/// The keys of one use, in the order in which they take each other's place.
///
/// At any time one of them signs: the newest whose time to sign has come. All are accepted from the moment they are here
/// until their end, so a server that has not heard of a rotation yet and one that has understand each other.
public struct KeySuccession: Sendable, Equatable {
    /// More than that are not kept at once; rotating that often is a mistake.
    public static let longest = 20
    /// From a key's making to its first signature: several times as long as servers take to load it
    /// (``Keys/interval``).
    public static let propagation = Duration.seconds(60)

    /// The one that signs, or will.
    public let newest: RingKey
    /// Retired, the latest first.
    public let older: [RingKey]

    public init(_ only: RingKey) {
        (newest, older) = (only, [])
    }

    /// - Parameter keys: the newest first.
    /// - Returns: nil unless there are 1 to ``longest`` of different names, each to sign later than the next one, and all
    ///   but the first are retired.
    init?(_ keys: [RingKey]) {
        guard let newest = keys.first, keys.count <= Self.longest, newest.acceptedUntil == nil,
            keys.dropFirst().allSatisfy({ $0.acceptedUntil != nil }), Set(keys.map(\.id)).count == keys.count,
            zip(keys, keys.dropFirst()).allSatisfy({ $0.signsFrom > $1.signsFrom })
        else { return nil }
        (self.newest, older) = (newest, Array(keys.dropFirst()))
    }

    /// The newest first.
    public var all: [RingKey] { [newest] + older }

    /// What is signed with now. On a machine whose clock is behind all keys it is the oldest.
    public func signer(at now: Timestamp) -> RingKey {
        let accepted = accepted(at: now)
        return accepted.first { $0.signsFrom <= now } ?? accepted.last ?? newest
    }

    /// With those whose time to sign has not come; the newest first.
    public func accepted(at now: Timestamp) -> [RingKey] {
        all.filter { $0.isAccepted(at: now) }
    }
}

extension KeySuccession {
    /// A key that will sign as soon as every server has it; the one before it is accepted for `overlap` longer.
    func followed(by key: SigningKey, overlap: Duration, at now: Timestamp) -> KeySuccession? {
        // Later than the one before in any case, whatever this machine's clock says.
        let signsFrom = max(now + Self.propagation, newest.signsFrom + .milliseconds(1))
        var retired = newest
        retired.acceptedUntil = signsFrom + overlap
        let fresh = RingKey(key, createdAt: now, signsFrom: signsFrom)
        return KeySuccession([fresh, retired] + older.filter { $0.isAccepted(at: now) })
    }

    /// Without those whose time is over.
    func pruned(at now: Timestamp) -> KeySuccession {
        KeySuccession(accepted(at: now)) ?? self
    }
}
