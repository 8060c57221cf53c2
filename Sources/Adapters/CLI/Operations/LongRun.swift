import ArgumentParser
import Foundation
import Storage
import Synchronization

/// Work that may take minutes: a line on the terminal tells how far it is, Control-C ends it cleanly.
enum LongRun {
    /// - Throws: `ExitCode` 130 after Control-C; else what `work` throws.
    static func run<Value: Sendable>(
        _ work: @escaping @Sendable (StatusLine) async throws -> Value
    ) async throws -> Value {
        let (interruption, line) = (Interruption(), StatusLine())
        let task = Task { try await work(line) }
        interruption.react { task.cancel() }
        defer { line.clear() }
        do {
            return try await task.value
        } catch {
            if interruption.isRequested { throw ExitCode.interrupted }
            throw error
        }
    }
}

/// One line on standard error that is written over; nothing when that is no terminal.
final class StatusLine: Sendable {
    private let isShown = Terminal.draws
    private let drawnAt = Mutex<ContinuousClock.Instant?>(nil)

    func show(_ text: @autoclosure () -> String) {
        guard isShown else { return }
        let isDue = drawnAt.withLock { drawnAt in
            guard drawnAt.map({ $0.duration(to: .now) > .milliseconds(100) }) ?? true else { return false }
            drawnAt = .now
            return true
        }
        if isDue { draw(text()) }
    }

    func show(_ progress: BackupProgress) {
        switch progress {
        case .objects(let report): show("\(report.copied) objects copied, \(report.present) were there")
        case .rows(let count): show("\(count) rows")
        case .checked(let count): show("\(count) objects looked for")
        }
    }

    func clear() {
        if isShown, drawnAt.withLock({ $0 }) != nil { draw("") }
    }

    private func draw(_ text: String) {
        FileHandle.standardError.write(Data("\r\u{1B}[2K\(text)".utf8))
    }
}
