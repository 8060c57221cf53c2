import Storage

/// Where a refresh token stands, and what follows when it is presented.
///
/// One who presents a spent token is either a client that asked twice at once or lost an answer, or one of two who have
/// the token when only one may. Within ``RefreshTokens/standardGrace`` after the first use it is taken for the former.
enum RefreshState: Equatable, Sendable {
    case fresh(expiresAt: Timestamp)
    case spent(at: Timestamp)
}

/// What is done with a token that was presented.
enum RefreshVerdict: Equatable, Sendable {
    /// It is spent, and gets a child.
    case rotates
    /// It gets the child it has.
    case repeats
    /// Its family ends.
    case betrays
    case hasExpired
}

extension RefreshState {
    /// - Parameter grace: from the first use on, its end not in it.
    func verdict(at now: Timestamp, grace: Duration) -> RefreshVerdict {
        switch self {
        case .fresh(let expiresAt): now < expiresAt ? .rotates : .hasExpired
        // A machine whose clock is behind sees a use of the future: that is no theft.
        case .spent(let first): now < first + grace ? .repeats : .betrays
        }
    }
}
