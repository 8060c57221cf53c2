import Foundation

/// A line on the terminal that tells how far it is; nothing when standard error is no terminal.
struct Progress {
    private let total: Int
    private let isShown: Bool
    private let started = ContinuousClock.now
    private var done = 0
    private var drawnAt: ContinuousClock.Instant?

    init(total: Int) {
        self.total = total
        isShown = Terminal.draws && total > 1
    }

    mutating func advance() {
        done += 1
        guard isShown, drawnAt.map({ $0.duration(to: .now) > .milliseconds(100) }) ?? true else { return }
        drawnAt = .now
        let elapsed = started.duration(to: .now)
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
        let rate = Double(done) / max(seconds, 0.001)
        let left = Int(Double(total - done) / rate)
        write(String(format: "%d of %d  %.0f files/s  %d:%02d left", done, total, rate, left / 60, left % 60))
    }

    /// Takes the line away before something else is written.
    func clear() {
        if isShown, drawnAt != nil { write("") }
    }

    private func write(_ text: String) {
        FileHandle.standardError.write(Data("\r\u{1B}[2K\(text)".utf8))
    }
}
