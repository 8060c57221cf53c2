import Foundation
import Synchronization

/// How much of some files has gone over the line, how fast, and how long the rest will take.
final class TransferProgress: Sendable {
    private struct State {
        var bytes = 0
        var files = 0
    }

    private let line: StatusLine
    private let fileCount, byteCount: Int
    private let started = ContinuousClock.now
    private let state = Mutex(State())

    init(line: StatusLine, files: Int, bytes: Int) {
        (self.line, fileCount, byteCount) = (line, files, bytes)
    }

    func add(_ bytes: Int) { show { $0.bytes += bytes } }

    func finishFile() { show { $0.files += 1 } }

    private func show(_ change: (inout State) -> Void) {
        let (files, bytes) = state.withLock { state in
            change(&state)
            return (state.files, state.bytes)
        }
        line.show(
            Self.text(files: files, of: fileCount, bytes: bytes, of: byteCount, after: started.duration(to: .now)))
    }

    static func text(files: Int, of fileCount: Int, bytes: Int, of byteCount: Int, after time: Duration) -> String {
        let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
        let rate = Double(bytes) / max(seconds, 0.001)
        let (done, total) = (Double(bytes) / 1e6, Double(byteCount) / 1e6)
        let text = String(
            format: "%d of %d files  %.1f of %.1f MB  %.1f MB/s", files, fileCount, min(done, total), total, rate / 1e6)
        guard bytes > 0, bytes < byteCount, let left = Int(exactly: (Double(byteCount - bytes) / rate).rounded(.up)),
            left < 360_000
        else { return text }
        return text + String(format: "  %d:%02d left", left / 60, left % 60)
    }
}
