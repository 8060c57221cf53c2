import Foundation
import Testing

@testable import AudioCore

@Suite struct HostileFileTests {
    /// What a file came to: frames, or a typed error.
    private enum Outcome {
        case frames(Int)
        case refused(AudioError)
    }

    private func outcome(_ path: String) -> Outcome {
        do throws(AudioError) {
            return .frames(try drain(path))
        } catch {
            return .refused(error)
        }
    }

    @Test func `every hostile vector ends as it may, within a second of work`() throws {
        for vector in try AudioVectors.hostile() {
            var outcome = Outcome.frames(0)
            let time = try withFile(vector.bytes) { path in
                processorTime { outcome = self.outcome(path) }
            }
            #expect(time < .seconds(1), "\(vector.name)")
            switch outcome {
            case .frames(let count):
                #expect(count > 0, "\(vector.name)")
                #expect(vector.expect != "reject", "\(vector.name) gave \(count) frames")
                if vector.expect.hasPrefix("ok-") { #expect(vector.expect == "ok-\(count)", "\(vector.name)") }
            case .refused(let error):
                #expect(["reject", "either"].contains(vector.expect), "\(vector.name): \(error)")
            }
        }
    }

    @Test func `fifty thousand empty chunks are walked in half a second`() throws {
        let junk = MadeFiles.chunk("junk", [])
        let chunks = (0..<50_000).flatMap { _ in junk }
        try withFile(MadeFiles.wav(MadeFiles.fmt(), chunks, MadeFiles.chunk("data", [0, 0]))) { path in
            #expect(processorTime { _ = outcome(path) } < .milliseconds(500))
        }
    }
}
