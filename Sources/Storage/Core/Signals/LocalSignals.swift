/// Signals within one process, as beside an embedded database.
public struct LocalSignals: ChangeSignals {
    private let subscribers = SignalSubscribers()

    public init() {}

    public func signal(_ topic: SignalTopic, in session: any WriteSession) throws(DatabaseError) {
        let subscribers = subscribers
        session.afterCommit { subscribers.tell(topic) }
    }

    public func signals(on topic: SignalTopic) -> AsyncStream<Void> {
        subscribers.subscribe(to: topic)
    }
}
