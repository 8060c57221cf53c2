import Storage

extension Keys {
    /// What messages to a receiver are signed with: the newest secret first, then those it may still know.
    ///
    /// Each receiver's secrets are derived from the installation's webhook keys by its name, so that nothing is stored
    /// for it and no receiver can sign to another. A rotation changes all of them; receivers have ``KeyUse/overlap``'s
    /// time to ask for the new one.
    ///
    /// - Returns: secrets of 32 bytes, at least one.
    public func webhookSecrets(named receiver: String) -> [Secret] {
        let now = clock.now()
        let keys = ring[.webhook]
        let signer = keys.signer(at: now)
        // A key whose time to sign has not come is known to no receiver.
        let known = keys.accepted(at: now).filter { $0.signsFrom < signer.signsFrom }
        return ([signer] + known).map { $0.key.secret.derived("waxwing webhook \(receiver)") }
    }
}
