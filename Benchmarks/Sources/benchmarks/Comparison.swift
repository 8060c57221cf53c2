import AudioCore
import Foundation

/// What the comparison with other programs (`Peers/`) asks of this one.
enum Comparison {
    /// - Returns: whether `arguments` are one of
    ///   - `song SECONDS PATH`: writes made-up music as WAV.
    ///   - `time RUNS FILE…`: analyses all files `RUNS` times in this process and prints the seconds of each run.
    static func run(_ arguments: [String]) throws -> Bool {
        switch arguments.first {
        case "song" where arguments.count == 3:
            guard let seconds = Double(arguments[1]) else { return false }
            try Song(seconds: seconds).write(to: URL(filePath: arguments[2]))
        case "time" where arguments.count > 2:
            guard let runs = Int(arguments[1]), runs > 0 else { return false }
            let seconds = try (0..<runs).map { _ in try time(arguments.dropFirst(2)) }
            print(String(decoding: try JSONEncoder().encode(Timing(seconds: seconds)), as: UTF8.self))
        default:
            return false
        }
        return true
    }

    private static func time(_ files: ArraySlice<String>) throws -> Double {
        try ContinuousClock().measure { for file in files { _ = try AudioAnalysis.analyze(path: file) } } / .seconds(1)
    }
}

/// How long each run took, as all programs of the comparison print it.
struct Timing: Codable {
    /// Wall time, s.
    var seconds: [Double]

    var median: Double { seconds.sorted()[seconds.count / 2] }
}
