import ArgumentParser
import AudioCore
import Foundation

struct SamplesGet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Fetch the original files of samples.",
        discussion: """
            Each comes under its own name, made safe for this file system; a number is added where there is one of that name.
            A file appears when it is whole.

            Examples:
              waxwing samples get 3b241101-e2bb-4255-8caf-4136c566a962
              waxwing samples get 3b241101-e2bb-4255-8caf-4136c566a962 -o ~/Samples
            """.reflowed)

    @Argument(help: "Their ids.")
    var samples: [SampleName]

    @Option(name: .shortAndLong, help: "The folder they come into, made if it is missing.", completion: .directory)
    var output = "."

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var remote: RemoteOptions

    private struct Row: Encodable {
        let id: String
        let file: String
    }

    func run() async throws {
        let (samples, folder, isJSON) = (samples, output, json)
        let hasFailed = try await remote.use { service, line in
            do {
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            } catch {
                throw OutputProblem("the folder \(folder.printable) cannot be made: is there a file of that name?")
            }
            var (rows, hasFailed): ([Row], Bool) = ([], false)
            for sample in samples {
                let outcome = try await Self.fetch(sample.id, into: folder, service, line)
                line.clear()
                switch outcome {
                case .success(let file):
                    rows.append(Row(id: sample.id, file: file))
                    if !isJSON { write("\(sample.id)  \(file.printable)\n") }
                case .failure(let problem):
                    hasFailed = true
                    problem.report()
                }
            }
            if isJSON { JSONOutput.print(rows) }
            return hasFailed
        }
        if hasFailed { throw ExitCode.someFailed }
    }

    private static func fetch(
        _ id: String, into folder: String, _ service: RemoteService, _ line: StatusLine
    ) async throws -> Result<String, FileProblem> {
        do {
            let sample = try RemoteSample(await service.get("/api/samples/\(id)"), from: service.address)
            let name = LocalName.safe(sample.filename, contentType: sample.contentType)
            let progress = TransferProgress(line: line, files: 1, bytes: sample.size)
            for number in 1...10_000 {
                let target = "\(folder)/\(LocalName.numbered(name, number))"
                if FileManager.default.fileExists(atPath: target) { continue }
                let file = try OutputFile(path: target, replaces: false)
                _ = try await service.download(id, into: file, progress)
                try file.publish()
                return .success(target)
            }
            return .failure(FileProblem(path: id, reason: "too many files are called \(name.printable)"))
        } catch let problem as ServerProblem where !problem.isFinal {
            return .failure(FileProblem(path: id, reason: problem.message))
        } catch let error as AudioWriteError {
            return .failure(FileProblem(path: id, error: error))
        }
    }
}
