import ArgumentParser
import AudioCore
import Foundation

/// Where sounds go and how they are stored.
struct OutputOptions: ParsableArguments {
    @Option(name: [.short, .long], help: "File to write, or folder for several.", completion: .file())
    var output: String

    @Option(
        help: "Format of files in a folder, wav, aiff, flac, ogg, opus or mp3; that of the source if none is given.")
    var format: OutputFormat?

    @Option(help: "Sample rate, Hz; that of the source if none is given.")
    var rate: Int?

    @Option(help: "Bits of a sample, 16, 24 or float; as many as the source if none are given.")
    var bits: SampleBits?

    func check() throws {
        guard rate.map(Resampler.rates.contains) ?? true else {
            throw ValidationError("--rate is \(Resampler.rates.lowerBound) to \(Resampler.rates.upperBound) Hz")
        }
        let ending = OutputFormat(fileExtension: (output as NSString).pathExtension)
        if let format, let ending, ending != format, !isFolder {
            throw ValidationError("-o \(output.printable) and --format \(format.rawValue) say different things")
        }
    }

    /// Whether `output` names a folder.
    private var isFolder: Bool {
        var isFolder: ObjCBool = false
        return output.hasSuffix("/")
            || (FileManager.default.fileExists(atPath: output, isDirectory: &isFolder) && isFolder.boolValue)
    }

    private var endsLikeFile: Bool { OutputFormat(fileExtension: (output as NSString).pathExtension) != nil }

    /// Output of every file, without its extension where the format is that of the source.
    ///
    /// - Parameter arguments: what was named; below a folder its subfolders are kept.
    func targets(of found: AudioFinder, named arguments: [String]) throws -> [String: String] {
        guard isFolder || !found.isSingleFile else {
            guard let path = found.files.first else { return [:] }
            return [path: output]
        }
        guard isFolder || (!FileManager.default.fileExists(atPath: output) && !endsLikeFile) else {
            throw ValidationError("-o must be a folder for more than one file")
        }
        var targets: [String: String] = [:]
        var sources: [String: String] = [:]
        for path in found.files {
            let target = (output as NSString).appendingPathComponent(Self.name(of: path, below: arguments))
            let stem = (target as NSString).deletingPathExtension
            // Two files of one name would be one file.
            if let other = sources.updateValue(path, forKey: format == nil ? target : stem), other != path {
                throw ValidationError(
                    "\(other.printable) and \(path.printable) would become the same file: name them in two runs")
            }
            targets[path] = stem
        }
        return targets
    }

    private static func name(of path: String, below arguments: [String]) -> String {
        let folders = arguments.map { $0.hasSuffix("/") ? $0 : $0 + "/" }.filter { path.hasPrefix($0) }
        guard let folder = folders.max(by: { $0.count < $1.count }) else { return (path as NSString).lastPathComponent }
        return String(path.dropFirst(folder.count))
    }

    /// The output's whole name; makes its folder.
    func target(_ target: String?, for source: AudioFormat) throws -> String {
        guard let target, target != output else { return output }
        guard let format = format ?? OutputFormat(source) else {
            throw OutputProblem("\(source) is not written: name a --format")
        }
        try FileManager.default.createDirectory(
            atPath: (target as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        return target + "." + format.rawValue
    }

    func encoding(of target: String, source: AudioStream) throws -> AudioEncoding {
        let name = (target as NSString).pathExtension
        guard let format = OutputFormat(fileExtension: name) else {
            throw OutputProblem("the name of the output must end in .wav, .aiff, .flac, .ogg, .opus or .mp3")
        }
        return try format.encoding(bits ?? SampleBits(source))
    }
}
