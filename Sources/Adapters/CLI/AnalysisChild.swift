import ArgumentParser
import AudioCore
import WaxwingService

/// What the server starts itself as, to analyse files from strangers in a process of their own.
struct AnalysisChild: ParsableCommand {
    static let name = "analysis-child"
    static let configuration = CommandConfiguration(commandName: name, shouldDisplay: false)

    @Option var ffmpeg: String?
    @Flag var writing = false
    @Flag var converts = false

    static func arguments(ffmpeg: FFmpeg?) -> [String] {
        [name] + (ffmpeg.map { ["--ffmpeg", $0.executable] } ?? [])
    }

    func run() {
        let ffmpeg = ffmpeg.flatMap(FFmpeg.init(executable:))
        if converts {
            AnalysisServer.runConversions(ffmpeg: ffmpeg)
        } else {
            AnalysisServer.run(ffmpeg: ffmpeg, isWriting: writing)
        }
    }
}
