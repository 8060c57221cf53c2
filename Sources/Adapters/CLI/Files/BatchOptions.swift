import ArgumentParser
import AudioCore
import Foundation

/// What every command has that reads many files.
struct BatchOptions: ParsableArguments {
    @Flag(help: "Also read M4A and AAC, with the installed ffmpeg.")
    var ffmpeg = false

    @Option(help: "Files worked on at once.")
    var jobs = ProcessInfo.processInfo.activeProcessorCount

    /// Reads M4A and AAC, if asked for.
    var decoder: FFmpeg? { ffmpeg ? FFmpeg.installed() : nil }

    func validate() throws {
        guard jobs > 0 else { throw ValidationError("--jobs must be at least 1") }
        guard !ffmpeg || FFmpeg.installed() != nil else {
            throw ValidationError("--ffmpeg needs the program: install the package ffmpeg")
        }
    }
}
