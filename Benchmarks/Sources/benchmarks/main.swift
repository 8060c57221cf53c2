@_spi(Benchmarks) import AudioCore
import Foundation

// swift run -c release --package-path Benchmarks benchmarks [part of a name]

if try Comparison.run(Array(CommandLine.arguments.dropFirst())) { exit(0) }

let song = Song()
let file = FileManager.default.temporaryDirectory.appending(path: "waxwing-benchmark-180s.wav")
try song.write(to: file)
defer { try? FileManager.default.removeItem(at: file) }

let mono = stride(from: 0, to: song.interleaved.count, by: 2).map { song.interleaved[$0] }

let vectors = Vectors(count: 100_000)

let benchmarks = [
    Benchmark(name: "STFT of 3 minutes", audioSeconds: Song.seconds) {
        // Mono, with all that is read off the short frames: shape, crossings, level, mel, onsets.
        let frames = analyzeShortFrames(of: mono, sampleRate: Double(Song.sampleRate))
        precondition(frames == 1 + Int(Song.seconds) * Song.sampleRate / 512)
    },
    Benchmark(name: "full analysis of a 3-minute stereo file", audioSeconds: Song.seconds) {
        let features = try AudioAnalysis.analyze(path: file.path)
        precondition(abs((features.bpm ?? 0) - Song.bpm) < 0.1 && features.key != nil && features.kind == .song)
    },
    Benchmark(name: "nearest 10 of 100,000 vectors", audioSeconds: 0) {
        let nearest = vectors.index.nearest(to: vectors.query, count: 10)
        precondition(nearest.count == 10 && nearest[0].distance <= nearest[9].distance)
    },
]

let wanted = CommandLine.arguments.dropFirst().first ?? ""
var medians: [String: Double] = [:]
for benchmark in benchmarks where wanted.isEmpty || benchmark.name.contains(wanted) {
    medians[benchmark.name] = try benchmark.report()
}
Floor.report(file: file, analysis: medians["full analysis of a 3-minute stereo file"])
