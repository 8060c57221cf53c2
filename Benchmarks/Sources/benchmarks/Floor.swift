import Foundation

/// The C program that the ratio is taken to; built on the spot.
enum Floor {
    static func report(file: URL) {
        let source = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Floor/floor.c")
        let program = FileManager.default.temporaryDirectory.appending(path: "waxwing-floor")
        let build = "cc -O3 '\(source.path)' -o '\(program.path)' $(pkg-config --cflags --libs sndfile fftw3f) -lm"
        guard let output = shell("\(build) && '\(program.path)' '\(file.path)' 7") else {
            print("floor: needs cc, pkg-config, libsndfile and FFTW")
            return
        }
        print("floor (C: decode, mix, one FFT a frame), median of 7: \(output.split(separator: " ")[0]) ms")
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
