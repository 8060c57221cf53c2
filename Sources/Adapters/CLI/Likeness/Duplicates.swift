import ArgumentParser
import AudioCore
import Foundation

/// `waxwing duplicates`: the files that hold one recording.
struct Duplicates: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find files that hold the same recording.",
        discussion: """
            Prints groups of files, the best of each first: lossless before lossy, then the longer, the higher rate. Each
            other file is named with what it is to the best one: the same bytes, the same samples in another file, or
            near: another encoding, level, beginning or end of the same recording. Nothing is deleted.

            What was analysed is kept in a cache, and only new and changed files are analysed the next time.

            Examples:
              waxwing duplicates ~/Samples
              waxwing duplicates ~/Samples --json | jq -r '.groups[].files[] | select(.relation == "same bytes") | .file'
            """.reflowed)

    @Argument(help: "Files and folders.", completion: .file())
    var paths: [String]

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var batch: BatchOptions
    @OptionGroup var cache: CacheOptions

    func validate() throws {
        guard !paths.isEmpty else { throw ValidationError("name at least one file or folder") }
    }

    func run() async throws {
        let collection = try await SoundCollection.gather(paths, batch: batch, cache: cache)
        let records = collection.records
        var pairs = try DuplicateSearch(records.map { ($0.summary.vector, $0.fingerprint) }).pairs()
        pairs.formUnion(Self.equalFiles(among: records))
        let decoder = batch.decoder
        let groups = DuplicateSearch.groups(of: pairs).map { places in
            DuplicateGroup(places.map { records[$0] }, ffmpeg: decoder)
        }
        show(groups.sorted { $0.files[0].file < $1.files[0].file })
        if collection.failures > 0 { throw ExitCode.someFailed }
    }

    /// Silence has no fingerprint, but may be there twice all the same.
    private static func equalFiles(among records: [SoundRecord]) -> [DuplicateSearch.Pair] {
        let silent = records.indices.filter { records[$0].fingerprint == nil }
        let sizes = Dictionary(grouping: silent) { records[$0].stamp.size }.values.filter { $0.count > 1 }
        return sizes.flatMap { places in
            Dictionary(grouping: places) { FileDigest.bytes(of: records[$0].path) }.flatMap { digest, equal in
                digest == nil ? [] : zip(equal, equal.dropFirst()).map { DuplicateSearch.Pair($0, $1) }
            }
        }
    }

    private func show(_ groups: [DuplicateGroup]) {
        if json { return JSONOutput.print(["groups": groups]) }
        for (number, group) in groups.enumerated() {
            if number > 0 { write("\n") }
            for member in group.files {
                write("\(member)".padding(toLength: 24, withPad: " ", startingAt: 0) + "  \(member.file.printable)\n")
            }
        }
    }
}
