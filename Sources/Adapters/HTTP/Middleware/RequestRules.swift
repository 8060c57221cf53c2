import Billing
import Storage

/// Which requests are counted together, from the limits of the plan file.
///
/// Not counted are health and metrics, which monitors ask for, and signed links, of which each was given out to a request that
/// was. While the store is down requests pass.
struct RequestRules {
    /// Of the routes that are open to everybody.
    let open: [RateRule]
    /// Of requests that had to be signed in and were not. Apart from the open ones: a client whose token has expired, and
    /// that asks too often with it, can still sign in.
    let refused: [RateRule]
    /// All routes together: a minute's worth at one is not a minute's worth at each.
    let signedIn: [RateRule]

    init(_ limits: RequestLimits) {
        open = limits.perAddress.map { [RateRule("open", $0, per: [.address])] } ?? []
        refused = limits.perAddress.map { [RateRule("refused", $0, per: [.address])] } ?? []
        signedIn = limits.perAccount.map { [RateRule("signed in", $0, per: [.account])] } ?? []
    }
}
