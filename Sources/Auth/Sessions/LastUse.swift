import Storage

/// How exactly is known when something was last used.
public enum LastUse {
    /// A use sooner after the recorded one is not recorded, so that requests mostly only read.
    public static let interval = Duration.seconds(60)

    static func isDue(after recorded: Timestamp?, at now: Timestamp) -> Bool {
        guard let recorded else { return true }
        return now >= recorded + interval
    }
}
