import Foundation
import Storage
import Synchronization

/// What a process was told is kept, written down by itself until it is killed: the process's own `kill -9` comes at a
/// random moment after the first line.
package final class Acknowledgements: Sendable {
    private struct State {
        let file: FileHandle
        var isDying = false
    }

    private let state: Mutex<State>
    private let longest: Duration

    /// - Parameters:
    ///   - path: made if it is not there; lines are added to it.
    ///   - longest: how long the process lives at most after the first line.
    package init(path: String, killedWithin longest: Duration) throws {
        if !FileManager.default.fileExists(atPath: path) {
            _ = FileManager.default.createFile(atPath: path, contents: nil)
        }
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        _ = try file.seekToEnd()
        state = Mutex(State(file: file))
        self.longest = longest
    }

    /// Called when the answer has come. One write, so that the file never ends within a line.
    package func add(_ line: String) throws {
        let isFirst = try state.withLock { state in
            try state.file.write(contentsOf: Data("\(line)\n".utf8))
            defer { state.isDying = true }
            return !state.isDying
        }
        if isFirst { killSoon() }
    }

    /// The lines of `path`, of every process that wrote there.
    package static func lines(of path: String) throws -> [String] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    private func killSoon() {
        let wait = Double(longest.components.seconds) + Double(longest.components.attoseconds) / 1e18
        Thread.detachNewThread {
            Thread.sleep(forTimeInterval: .random(in: 0...wait))
            kill(getpid(), SIGKILL)
        }
    }
}
