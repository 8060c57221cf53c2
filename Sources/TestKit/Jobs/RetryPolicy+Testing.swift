import Jobs

extension RetryPolicy {
    /// The usual policy, but for what a check is about.
    package init(attempts: Int = 3, lostLeases: Int = 20) {
        self.init()
        (self.attempts, self.lostLeases) = (attempts, lostLeases)
    }
}
