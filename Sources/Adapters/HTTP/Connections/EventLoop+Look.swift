import NIOCore

extension EventLoop {
    /// Runs `look`, which judges by the clock who was silent for too long, after `interval`. To be called on this loop.
    ///
    /// After a pause of the whole process an event loop does what is due before it reads what came meanwhile. Who could not
    /// look does not know who could not speak: so a look that comes late by an interval is put off, once, by another.
    func look(in interval: TimeAmount, _ look: @escaping () -> Void) -> Scheduled<Void> {
        let due = now + interval
        return assumeIsolated().scheduleTask(deadline: due) {
            guard self.now - due > interval else { return look() }
            self.assumeIsolated().scheduleTask(in: interval, look)
        }
    }
}
