import AudioCore
import Foundation
import Storage
import StorageTestKit
import Testing

@testable import WaxwingService

@Suite(.timeLimit(.minutes(30))) struct AnalysisPoolTests {
    @Test func `a child answers, and is used again`() async throws {
        let child = try FakeChild()
        let pool = child.pool()
        for _ in 1...3 { #expect(try await pool.analyze(path: "/fine", waveformPoints: 8) == child.features) }
        await #expect(throws: AnalysisFailure.rejected("no audio")) {
            try await pool.analyze(path: "/reject", waveformPoints: nil)
        }
        #expect(try child.starts() == 1)
    }

    @Test func `a child makes room for a fresh one after many files`() async throws {
        let child = try FakeChild()
        let pool = child.pool()
        for _ in 1...1_001 { _ = try await pool.analyze(path: "/fine", waveformPoints: nil) }
        #expect(try child.starts() == 2)
    }

    @Test(arguments: ["/die", "/babble", "/nonsense", "/empty"])
    func `a child that misbehaves costs one analysis`(path: String) async throws {
        let child = try FakeChild()
        let pool = child.pool()
        for _ in 1...2 {
            let failure = await #expect(throws: AnalysisFailure.self) {
                try await pool.analyze(path: path, waveformPoints: nil)
            }
            guard case .crashed = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
            #expect(try await pool.analyze(path: "/fine", waveformPoints: nil) == child.features)
        }
    }

    @Test func `a child that hangs is killed at the deadline`() async throws {
        let child = try FakeChild()
        let pool = child.pool(deadline: .milliseconds(1_500))
        await #expect(throws: AnalysisFailure.crashed("the analysis took longer than 1 s")) {
            try await pool.analyze(path: "/hang", waveformPoints: nil)
        }
        // On a busy machine an honest one may be as late: what counts is that the pool goes on.
        var features: AudioFeatures?
        for _ in 1...100 where features == nil {
            features = try? await pool.analyze(path: "/fine", waveformPoints: nil)
        }
        #expect(features == child.features)
    }

    @Test func `a child that ended while it was idle costs nothing`() async throws {
        let child = try FakeChild()
        let pool = child.pool()
        for _ in 1...3 {
            #expect(try await pool.analyze(path: "/last", waveformPoints: nil) == child.features)
            _ = try await child.waitForWord()
        }
        #expect(try await pool.analyze(path: "/fine", waveformPoints: nil) == child.features)
    }

    @Test func `what a child says unasked is not taken for an answer`() async throws {
        let child = try FakeChild()
        let pool = child.pool()
        #expect(try await pool.analyze(path: "/chatter", waveformPoints: nil) == child.features)
        try await child.goOn()
        _ = try await child.waitForWord()
        await #expect(throws: AnalysisFailure.rejected("no audio")) {
            try await pool.analyze(path: "/reject", waveformPoints: nil)
        }
    }

    @Test func `a program that is not there is typed`() async throws {
        let pool = AnalysisPool(executable: "/nonexistent/waxwing", arguments: [], size: 1)
        for _ in 1...2 {
            await #expect(throws: AnalysisFailure.crashed("the analysis cannot be started")) {
                try await pool.analyze(path: "/fine", waveformPoints: nil)
            }
        }
    }

    @Test func `a cancelled analysis kills its child`() async throws {
        let child = try FakeChild()
        let pool = child.pool()
        let analysis = Task { try await pool.analyze(path: "/hang", waveformPoints: nil) }
        let id = try await child.waitForWord()
        #expect(kill(id, 0) == 0)
        analysis.cancel()
        await #expect(throws: AnalysisFailure.cancelled) { try await analysis.value }
        let (outcome, reason) = (kill(id, 0), errno)
        #expect(outcome == -1 && reason == ESRCH)
        #expect(try await pool.analyze(path: "/fine", waveformPoints: nil) == child.features)
    }

    @Test func `more than may wait are refused at once, and those that wait are not lost`() async throws {
        let child = try FakeChild()
        let pool = child.pool()
        let failures = await withTaskGroup(of: AnalysisFailure?.self) { group in
            // One has the place, and all but one of the rest fit into the queue.
            for _ in 0..<(AnalysisPool.longestQueue + 2) {
                group.addTask {
                    do throws(AnalysisFailure) {
                        _ = try await pool.analyze(path: "/sleep", waveformPoints: nil)
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return await group.reduce(into: [first]) { $0.append($1) }
        }
        #expect(failures.first == .overloaded)
        #expect(failures.dropFirst().allSatisfy { $0 == .cancelled })
        #expect(try await pool.analyze(path: "/fine", waveformPoints: nil) == child.features)
    }
}

/// A program that speaks the pool's protocol and does as the path says.
private struct FakeChild {
    let folder: TemporaryFolder
    let features: AudioFeatures

    init() throws {
        folder = try TemporaryFolder()
        let wav = folder.path + "/tone.wav"
        try Data(MadeAudio.wav()).write(to: URL(filePath: wav))
        features = try AudioAnalysis.analyze(path: wav)
        try Data(AnalysisMessage.encode(AnalysisResponse.features(features)))
            .write(to: URL(filePath: folder.path + "/answer"))
        try Data(AnalysisMessage.encode(AnalysisResponse.rejected("no audio")))
            .write(to: URL(filePath: folder.path + "/rejection"))
        for pipe in ["words", "go"] where mkfifo("\(folder.path)/\(pipe)", 0o600) != 0 { throw Disconnected() }
        // A path is escaped in JSON, so the script looks for the word alone.
        try Data(
            """
            cd "$1" && echo started >> starts
            while read -r line; do
                case "$line" in
                *reject*) cat rejection ;;
                *die*) exit 1 ;;
                *babble*) exec cat /dev/zero ;;
                *nonsense*) echo hello ;;
                *empty*) echo ;;
                *hang*) echo $$ > words; exec sleep 600 ;;
                *sleep*) exec sleep 600 ;;
                *last*) cat answer; exec >&-; echo $$ > words; exit ;;
                *chatter*) cat answer; read -r word < go; cat answer; echo $$ > words ;;
                *) cat answer ;;
                esac
            done
            """.utf8
        ).write(to: URL(filePath: folder.path + "/child.sh"))
    }

    func pool(deadline: Duration = .seconds(600)) -> AnalysisPool {
        AnalysisPool(
            executable: "/bin/sh", arguments: [folder.path + "/child.sh", folder.path], size: 1, deadline: deadline)
    }

    func starts() throws -> Int {
        try String(contentsOfFile: folder.path + "/starts", encoding: .utf8).split(separator: "\n").count
    }

    /// Lets one that waits for a word say more.
    func goOn() async throws {
        while true {
            // Not waiting, so that a test can end whose child is gone.
            let pipe = open(folder.path + "/go", O_WRONLY | O_NONBLOCK)
            if pipe >= 0 {
                let count = write(pipe, "\n", 1)
                close(pipe)
                return try #require(count == 1)
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// The process that hangs, or has closed its output.
    func waitForWord() async throws -> pid_t {
        let path = folder.path + "/words"
        let text = try await blocking { () throws(Unreadable) -> String in
            guard let bytes = try? FileHandle(forReadingAtPath: path)?.readToEnd() else { throw Unreadable() }
            return String(decoding: bytes, as: UTF8.self)
        }
        return try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
    }
}

private struct Unreadable: Error {}
