#if os(Linux)
import Foundation
import StorageTestKit
import Testing

@testable import WaxwingService

@Suite struct ChildPatienceTests {
    /// Asks as often as it takes.
    private func end(of patience: ChildPatience) async throws {
        var patience = patience
        while let left = patience.left() { try await Task.sleep(for: left) }
    }

    /// To be killed: it may have been started without heeding other signals.
    private func child(_ script: String) throws -> Process {
        let process = Process()
        (process.executableURL, process.arguments) = (URL(filePath: "/bin/sh"), ["-c", script])
        // Whoever reads what tests print does not wait for it.
        (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        try process.start()
        return process
    }

    @Test func `who computes has its time of a processor, however long that takes`() async throws {
        let child = try child("while :; do :; done")
        defer { kill(child.processIdentifier, SIGKILL) }
        let begin = try #require(ChildPatience.processorTime(of: child.processIdentifier))
        let patience = ChildPatience(with: child.processIdentifier, for: .seconds(3))
        // In its way for a third of the time by the clock.
        let stopped = Task {
            kill(child.processIdentifier, SIGSTOP)
            try await Task.sleep(for: .seconds(1))
            kill(child.processIdentifier, SIGCONT)
        }
        try await end(of: patience)
        try await stopped.value
        let used = try #require(ChildPatience.processorTime(of: child.processIdentifier)) - begin
        #expect(used >= .milliseconds(2_700))
    }

    @Test func `who does nothing is given up`() async throws {
        let child = try child("exec sleep 3600")
        defer { kill(child.processIdentifier, SIGKILL) }
        try await end(of: ChildPatience(with: child.processIdentifier, for: .milliseconds(500)))
        #expect(child.isRunning)
        let used = try #require(ChildPatience.processorTime(of: child.processIdentifier))
        #expect(used < .milliseconds(500))
    }

    @Test func `who is gone is given up`() async throws {
        let child = try child("exit")
        await child.end()
        try await end(of: ChildPatience(with: child.processIdentifier, for: .milliseconds(10)))
        #expect(ChildPatience.processorTime(of: child.processIdentifier) == nil)
    }
}
#endif
