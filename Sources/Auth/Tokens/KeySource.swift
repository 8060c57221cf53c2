import Storage

/// The keys of one foreign issuer: fetched when first asked for, kept, and fetched again every hour or for a name
/// that is not among them, but never twice within a minute.
///
/// However many ask, one fetch runs and all wait for it. While the issuer does not answer, the last keys it gave go on.
/// A key that is missing in a new set is gone.
public struct KeySource: Sendable {
    /// Between the starts of two fetches, whatever they bring: a storm of invented names costs one a minute.
    public static let cooldown = PublishedDocument<[VerificationKey]>.cooldown
    /// After this a fetch is due, so that a withdrawn key is not used for ever.
    public static let life = Duration.seconds(60 * 60)

    private let keys: PublishedDocument<[VerificationKey]>

    /// Why the last fetch brought nothing, for the log; nil after a good one.
    public var lastFailure: String? { get async { await keys.lastFailure } }

    /// - Parameter document: gets the issuer's key set (RFC 7517 §5); throws or returns within some seconds.
    public init(clock: any WallClock = SystemClock(), document: @escaping @Sendable () async throws -> [UInt8]) {
        keys = PublishedDocument(life: Self.life, clock: clock) { _ in
            guard let set = JSONWebKeySet(try await document()) else { throw NoKeySet.form }
            // More likely a mistake than the wish to refuse everybody.
            guard !set.keys.isEmpty else { throw NoKeySet.noKeys }
            return set.keys
        }
    }

    /// The key of exactly this name; nil if the issuer has none.
    ///
    /// - Throws: ``KeySourceError/unavailable(reason:)`` while the issuer has never answered.
    public func key(named id: String) async throws(KeySourceError) -> VerificationKey? {
        if let key = await keys.known()?.first(where: { $0.id.isSpelled(id) }) { return key }
        return try await latest().first { $0.id.isSpelled(id) }
    }

    /// The key of an issuer that has only one; nil if it has several. For tokens that name no key, as ID tokens need not
    /// then (OpenID Connect Core 1.0 §10.1).
    ///
    /// - Parameter isStale: the one that is known did not fit: it is fetched again, if the last fetch is a minute ago.
    /// - Throws: ``KeySourceError/unavailable(reason:)`` while the issuer has never answered.
    func onlyKey(isStale: Bool = false) async throws(KeySourceError) -> VerificationKey? {
        let found = isStale ? nil : await keys.known()
        let keys = if let found { found } else { try await latest() }
        return keys.count == 1 ? keys[0] : nil
    }

    private func latest() async throws(KeySourceError) -> [VerificationKey] {
        guard let latest = await keys.latest() else {
            throw .unavailable(reason: await keys.lastFailure ?? "not fetched yet")
        }
        return latest
    }

    /// Returns when no fetch runs.
    func settle() async {
        await keys.settle()
    }
}

/// Why an answer is no set of keys.
private enum NoKeySet: Error, CustomStringConvertible {
    case form, noKeys

    var description: String {
        switch self {
        case .form: "the answer is no key set"
        case .noKeys: "the key set has no key that can be used"
        }
    }
}

/// Why nobody can say whether a key is an issuer's.
public enum KeySourceError: Error, Equatable, Sendable {
    /// The issuer's key set has never been fetched.
    case unavailable(reason: String)
}

extension KeySourceError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unavailable(let reason): "the issuer's keys were not fetched (\(reason)): safe to retry after a minute"
        }
    }
}
