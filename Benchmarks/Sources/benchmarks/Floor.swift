import Foundation

/// The C program that the ratio is taken to; built on the spot.
enum Floor {
    /// - Parameter analysis: what the full analysis of `file` took, ms, if it was measured.
    static func report(file: URL, analysis: Double?) {
        let source = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Floor/floor.c")
        let program = FileManager.default.temporaryDirectory.appending(path: "waxwing-floor")
        let build = "cc -O3 '\(source.path)' -o '\(program.path)' $(pkg-config --cflags --libs sndfile fftw3f) -lm"
        guard let output = shell("\(build) && '\(program.path)' 7 '\(file.path)'"),
            let timing = try? JSONDecoder().decode(Timing.self, from: Data(output.utf8))
        else {
            print("floor: needs cc, pkg-config, libsndfile and FFTW")
            return
        }
        let milliseconds = timing.median * 1000
        print("floor (C: decode, mix, one FFT a frame), median of 7: \(String(format: "%.2f", milliseconds)) ms")
        if let analysis { print("full analysis: \(String(format: "%.2f", analysis / milliseconds)) × the floor") }
    }

    private static func shell(_ command: String) -> String? {
        let process = Process()
        let pipe = Pipe()
        (process.executableURL, process.arguments) = (URL(filePath: "/bin/sh"), ["-c", command])
        process.standardOutput = pipe
        guard (try? process.run()) != nil else { return nil }
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? String(decoding: data, as: UTF8.self) : nil
    }
}
