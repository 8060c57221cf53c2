import AudioCore
import Foundation
import Storage
import Synchronization

/// A process that reads lines and answers with lines. It ends with this value.
///
/// It inherits no signal handling, no secret of the environment, no terminal's Ctrl-C.
final class ChildProcess: Sendable {
    private let id: pid_t
    private let input: Int32
    private let output: Int32
    private let isReaped = Mutex(false)
    private let answers = Mutex(0)

    /// How many lines it has answered.
    var answered: Int { answers.withLock { $0 } }

    /// Writing to a child that has died is an error, not the end of this process.
    private static let ignoresBrokenPipes: Void = {
        signal(SIGPIPE, SIG_IGN)
    }()

    init(executable: String, arguments: [String]) throws(ChildProcessError) {
        Self.ignoresBrokenPipes
        guard let toChild = UninheritedPipe() else { throw .cannotStart("no pipe") }
        guard let fromChild = UninheritedPipe() else {
            toChild.closeBoth()
            throw .cannotStart("no pipe")
        }
        // libmpg123 prints a line for every damaged frame: no log may be flooded by an upload.
        let start = ProgramStart(
            [executable] + arguments, environment: Self.environment,
            files: [0: .inherited(toChild.reader), 1: .inherited(fromChild.writer), 2: .nothing])
        do throws(ProgramStart.Failure) {
            id = try start.run()
        } catch {
            toChild.closeBoth()
            fromChild.closeBoth()
            throw .cannotStart(error.reason)
        }
        close(toChild.reader)
        close(fromChild.writer)
        (input, output) = (toChild.writer, fromChild.reader)
    }

    deinit {
        stop()
        close(input)
        close(output)
    }

    /// Sends a line and waits for one. Blocks: not for the cooperative pool.
    func ask(
        _ line: [UInt8], longestAnswer: Int, within time: Duration
    ) throws(ChildProcessError) -> [UInt8] {
        var patience = ChildPatience(with: id, for: time)
        guard line.withUnsafeBytes({ write(input, $0.baseAddress, $0.count) }) == line.count else { throw .died }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while answer.last != UInt8(ascii: "\n") {
            guard answer.count <= longestAnswer else { throw .babbled }
            guard let wait = patience.left() else { throw .timedOut }
            var poll = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
            let ready = Foundation.poll(&poll, 1, Int32(clamping: wait.components.seconds * 1000 + 1000))
            if ready < 0 && errno != EINTR { throw .died }
            guard ready > 0 else { continue }
            let count = buffer.withUnsafeMutableBytes { read(output, $0.baseAddress, $0.count) }
            guard count > 0 else { throw .died }
            answer += buffer[..<count]
        }
        answers.withLock { $0 += 1 }
        return answer
    }

    /// Whether it lives and has nothing to say: ready to be asked.
    var isSilent: Bool {
        var poll = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
        return Foundation.poll(&poll, 1, 0) == 0
    }

    /// Ends the process at once.
    func stop() {
        isReaped.withLock { isReaped in
            guard !isReaped else { return }
            kill(id, SIGKILL)
            var status: Int32 = 0
            while waitpid(id, &status, 0) < 0, errno == EINTR {}
            isReaped = true
        }
    }

    /// What a program needs to find its libraries, and nothing that could be secret.
    private static var environment: [String] {
        let names = ["PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "HOME", "TMPDIR", "TZ", "LANG"]
        let kept = names.compactMap { name in ProcessInfo.processInfo.environment[name].map { "\(name)=\($0)" } }
        // A crash is an answer here: nobody reads a backtrace, and making one takes seconds.
        return kept + ["SWIFT_BACKTRACE=enable=no"]
    }
}

enum ChildProcessError: Error, Equatable {
    case cannotStart(String)
    case died
    case timedOut
    /// It answered with more than an answer can be.
    case babbled
}
