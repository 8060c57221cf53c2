#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A child process whose standard output is read to its end. It ends with this value at the latest.
///
/// It has one file open besides, no standard input, no environment; what it says on standard error is lost.
final class DecoderProcess {
    /// The number under which the child finds its file.
    static let inputDescriptor: CInt = 3
    /// Address space; ffmpeg with all its libraries takes about 300 MB of it.
    private static let mostMemory = 1 << 30

    enum Ending: Equatable {
        case running
        case exited(status: CInt)
        case crashed
        /// By us, at its deadline.
        case stopped
    }

    private(set) var ending = Ending.running
    private let id: pid_t
    private let output: CInt
    private let deadline: ContinuousClock.Instant
    private let time: Duration

    /// - Parameters:
    ///   - arguments: the first one is the program's absolute path.
    ///   - time: by the clock, from now on.
    init(_ arguments: [String], input: InputFile, time: Duration) throws(AudioError) {
        guard let pipe = UninheritedPipe() else { throw .cannotRead(reason: systemMessage()) }
        defer { close(pipe.writer) }
        (output, self.time, deadline) = (pipe.reader, time, .now + time)
        let start = ProgramStart(
            limited(arguments, seconds: time.components.seconds, memory: Self.mostMemory),
            environment: ["LC_ALL=C"],
            files: [
                0: .nothing, 1: .inherited(pipe.writer), 2: .nothing,
                Self.inputDescriptor: .inherited(input.descriptor),
            ])
        do throws(ProgramStart.Failure) {
            id = try start.run()
        } catch {
            close(pipe.reader)
            throw .cannotRead(reason: error.reason)
        }
    }

    deinit {
        stop()
        close(output)
    }

    /// Waits for output and takes what is there.
    ///
    /// - Returns: bytes taken; 0 when there will be no more: then ``ending`` tells why.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(AudioError) -> Int {
        while ending == .running {
            let wait = ContinuousClock.now.duration(to: deadline)
            guard wait > .zero else {
                stop()
                break
            }
            var ready = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
            // A second at most: then the deadline is looked at again.
            guard poll(&ready, 1, wait > .seconds(1) ? 1_000 : 10) > 0 else { continue }
            let count = take(output, buffer.baseAddress, buffer.count)
            if count > 0 { return count }
            if count < 0 && errno != EINTR { throw .cannotRead(reason: systemMessage()) }
            if count == 0 { awaitExit() }
        }
        guard ending != .stopped else { throw .limitExceeded(.decoderTime(allowed: time)) }
        return 0
    }

    /// Gives a process that has closed its output the rest of its time to go by itself, and a second at least: on a busy
    /// machine it may wait for a processor.
    private func awaitExit() {
        let end = max(deadline, .now + .seconds(1))
        var pause: useconds_t = 1_000
        while ContinuousClock.now < end {
            var status: CInt = 0
            let found = waitpid(id, &status, WNOHANG)
            if found == id {
                // The lower seven bits are the signal it died of.
                ending = status & 0x7F == 0 ? .exited(status: status >> 8 & 0xFF) : .crashed
                return
            }
            // Where the host ignores the ends of children there is nothing to wait for, and no status.
            if found < 0 && errno == ECHILD {
                ending = .exited(status: 0)
                return
            }
            usleep(pause)
            pause = min(2 * pause, 50_000)
        }
        stop()
    }

    private func stop() {
        guard ending == .running else { return }
        ending = .stopped
        kill(id, SIGKILL)
        var status: CInt = 0
        while waitpid(id, &status, 0) < 0, errno == EINTR {}
    }
}

/// The system's `read`, which a method of that name hides.
private func take(_ descriptor: CInt, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}
