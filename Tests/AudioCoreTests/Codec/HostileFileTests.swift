import Foundation
import StorageTestKit
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

    @Test func `every hostile vector ends as it may, and its work is bounded`() throws {
        for vector in try AudioVectors.hostile() {
            var outcome = Outcome.frames(0)
            let time = try vector.withFile { path in
                processorTime { outcome = self.outcome(path) }
            }
            #expect(time < boundOfWork, "\(vector.name)")
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

    @Test func `the files that libsndfile never comes back from are among them`() throws {
        let names = try Set(AudioVectors.hostile().map(\.name))
        let hanging: Set = ["wav/list-loop-f7", "wav/list-loop-f8", "ogg/opus-seek-loop"]
        #expect(names.isSuperset(of: hanging))
        #expect(names.isSuperset(of: ["flac/bomb-200-frames", "flac/bomb-total-unknown", "wav/ima-blocks-overflow"]))
        #expect(names.count == 144)
    }

    #if os(Linux)
    // In a process of its own: here other tests take memory at the same time.
    @Test func `no hostile vector takes 64 MiB of memory`() async {
        await #expect(processExitsWith: .success) {
            // The first file of a kind loads tables that stay.
            for name in ["wav16.wav", "flac16.flac", "ogg.ogg", "opus.opus", "mp3.mp3"] {
                #expect(try drain(AudioVectors.valid(name)) > 0)
            }
            for vector in try AudioVectors.hostile() {
                let extra = try vector.withFile { path in
                    try extraMemory { _ = try? drain(path) }
                }
                #expect(extra < 64 << 20, "\(vector.name)")
            }
        }
    }
    #endif

    @Test func `the work on a hundred thousand empty chunks is bounded`() throws {
        let junk = MadeFiles.chunk("junk", [])
        let chunks = (0..<100_000).flatMap { _ in junk }
        try withFile(MadeFiles.wav(MadeFiles.fmt(), chunks, MadeFiles.chunk("data", [0, 0]))) { path in
            #expect(processorTime { _ = outcome(path) } < boundOfWork)
        }
    }
}
