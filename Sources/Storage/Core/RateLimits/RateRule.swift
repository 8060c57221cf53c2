/// A limit, and whose actions are counted together against it.
public struct RateRule: Equatable, Sendable {
    /// What tells one counter of the rule from another.
    public enum Aspect: String, CaseIterable, Sendable {
        case address, account, route
    }

    /// Part of where the counts are kept: another name counts anew.
    public let name: String
    public let limit: RateLimit
    /// One counter for each combination of these; none: one for everybody together.
    public let aspects: Set<Aspect>
    public let outage: RateLimiter.Outage

    public init(
        _ name: String, _ limit: RateLimit, per aspects: Set<Aspect>, whenDown outage: RateLimiter.Outage = .allow
    ) {
        (self.name, self.limit, self.aspects, self.outage) = (name, limit, aspects, outage)
    }

    /// Nil when the rule does not concern `action`, as one per account an action of nobody who signed in.
    func key(of action: RateAction) -> String? {
        var key = name
        for aspect in Aspect.allCases where aspects.contains(aspect) {
            guard let value = action[aspect] else { return nil }
            // With its length, so that no two combinations are written alike.
            key += "\n\(aspect.rawValue) \(value.utf8.count) \(value)"
        }
        return key
    }
}

/// What somebody does, as rules see it. Nil is what is not known of it.
public struct RateAction: Equatable, Sendable {
    /// The client's address as limits count it: IPv4 whole, IPv6 by its /64.
    public var address: String?
    public var account: String?
    /// The route's pattern, not the path: two spellings of a path are one route.
    public var route: String?

    public init(address: String? = nil, account: String? = nil, route: String? = nil) {
        (self.address, self.account, self.route) = (address, account, route)
    }

    subscript(aspect: RateRule.Aspect) -> String? {
        switch aspect {
        case .address: address
        case .account: account
        case .route: route
        }
    }
}
