import ArgumentParser
import AudioCore
import Foundation

/// `waxwing similar`: the sounds nearest to one.
struct Similar: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find sounds that sound like another.",
        discussion: """
            Prints the sounds of files and folders that are nearest to QUERY, nearest first, with their distance and what
            they share. 0 is the same sound, about 0.8 two hits of one kind of drum or notes of one instrument, about 1.4
            two sounds picked at random. Level, silence around the sound, sample rate and format hardly matter. The query
            itself is left out; copies of it are not.

            What was analysed is kept in a cache, and only new and changed files are analysed the next time.

            Examples:
              waxwing similar kick.wav ~/Samples
              waxwing similar kick.wav ~/Samples -n 50 --max-distance 0.8
              waxwing similar kick.wav ~/Samples --json | jq -r '.results[].file'
            """.reflowed)

    @Argument(help: "The sound to compare with.", completion: .file())
    var query: String

    @Argument(help: "Files and folders to search.", completion: .file())
    var paths: [String]

    @Option(name: .shortAndLong, help: "How many at most.")
    var number = 10

    @Option(help: "Only sounds at most this far away.")
    var maxDistance: Float?

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var batch: BatchOptions
    @OptionGroup var cache: CacheOptions

    func validate() throws {
        guard !paths.isEmpty else { throw ValidationError("name at least one file or folder to search") }
        guard !query.isFolder else { throw ValidationError("QUERY must be one file") }
        guard number > 0 else { throw ValidationError("-n must be at least 1") }
        guard maxDistance.map({ $0 >= 0 && $0.isFinite }) ?? true else {
            throw ValidationError("--max-distance must be 0 or more")
        }
    }

    func run() async throws {
        let sought = try await SoundCollection.gather([query], batch: batch, cache: cache)
        guard sought.failures == 0, let record = sought.records.first, sought.records.count == 1 else {
            throw sought.failures > 0 ? ExitCode.someFailed : ValidationError("QUERY must be one file")
        }
        guard let vector = record.summary.vector else {
            FileProblem(path: query, reason: "silence sounds like nothing: name another sound").report()
            throw ExitCode.someFailed
        }
        let collection = try await SoundCollection.gather(paths, batch: batch, cache: cache)
        show(neighbours(of: record, vector, among: collection.records))
        if collection.failures > 0 { throw ExitCode.someFailed }
    }

    private func neighbours(
        of query: SoundRecord, _ vector: SimilarityVector, among records: [SoundRecord]
    ) -> [SimilarSound] {
        var index = SimilarityIndex<String>()
        index.reserveCapacity(records.count)
        var summaries: [String: SoundSummary] = [:]
        for record in records where record.path != query.path {
            guard let vector = record.summary.vector else { continue }
            index.insert(vector, for: record.path)
            summaries[record.path] = record.summary
        }
        return index.nearest(to: vector, count: number).filter { $0.distance <= maxDistance ?? .infinity }.map {
            let shared = summaries[$0.name].map(query.summary.shared(with:)) ?? []
            return SimilarSound(file: $0.name, distance: $0.distance, shared: shared.map(\.description))
        }
    }

    private func show(_ results: [SimilarSound]) {
        if json {
            JSONOutput.print(SimilarSounds(query: query, results: results))
        } else {
            for result in results {
                let shared = result.shared.joined(separator: ", ")
                write(String(format: "%.3f", result.distance) + "  \(result.file.printable)  \(shared)\n")
            }
        }
    }
}

/// What is printed as JSON.
private struct SimilarSounds: Encodable {
    let query: String
    let results: [SimilarSound]
}

private struct SimilarSound: Encodable {
    let file: String
    let distance: Float
    let shared: [String]
}
