import ArgumentParser
import AudioCore
import Foundation

/// The sounds of files and folders: from the cache as far as they are unchanged, else analysed.
struct SoundCollection {
    /// In the order found.
    private(set) var records: [SoundRecord] = []
    /// Files that could not be read, each already named.
    private(set) var failures = 0

    /// - Throws: `ExitCode(130)` after Control-C; what was analysed until then is kept.
    static func gather(
        _ paths: [String], batch: BatchOptions, cache options: CacheOptions
    ) async throws -> SoundCollection {
        var collection = SoundCollection()
        let found = AudioFinder.find(paths)
        for problem in found.problems { problem.report() }
        collection.failures = found.problems.count
        var cache = try RecordCache(path: options.path)
        if let complaint = cache.complaint, let path = cache.path {
            FileProblem(path: path, reason: "the cache \(complaint)").report()
        }
        let files = found.files.map(\.absolutePath).uniqued
        let present = Set(files)
        for folder in paths.map(\.absolutePath) { cache.forget(below: folder, but: present) }
        let isComplete = await collection.analyze(files.filter { !cache.isCurrent($0) }, batch: batch, cache: &cache)
        do { try cache.save() } catch {
            FileProblem(path: options.path ?? "", reason: "\(error)").report()
        }
        guard isComplete else { throw ExitCode.interrupted }
        collection.records = files.compactMap { cache.records[$0] }
        return collection
    }

    /// - Returns: whether it came to the end.
    private mutating func analyze(_ files: [String], batch: BatchOptions, cache: inout RecordCache) async -> Bool {
        guard !files.isEmpty else { return true }
        let interruption = Interruption()
        var progress = Progress(total: files.count)
        var savedAt = ContinuousClock.now
        defer { progress.clear() }
        let decoder = batch.decoder
        let results = FileBatch.results(of: files, atOnce: batch.jobs, until: interruption) { path in
            // Asked for before it is read: a file that changes meanwhile is analysed again the next time.
            guard let stamp = FileStamp(path: path) else { throw FileProblem(path: path, reason: "it has gone") }
            let options = AnalysisOptions(similarity: true, fingerprint: true)
            let features = try AudioAnalysis.analyze(path: path, options: options, ffmpeg: decoder)
            return SoundRecord(path: path, stamp: stamp, features: features)
        }
        for await result in results {
            switch result {
            case .success(let record): cache.add(record)
            case .failure where interruption.isRequested: break
            case .failure(let problem):
                progress.clear()
                problem.report()
                cache.forget(problem.path)
                failures += 1
            }
            progress.advance()
            if interruption.isRequested { return false }
            // A crash or a power cut loses a minute of work at most.
            if savedAt.duration(to: .now) > .seconds(60) {
                try? cache.save()
                savedAt = .now
            }
        }
        return true
    }
}

extension RecordCache {
    fileprivate func isCurrent(_ path: String) -> Bool {
        FileStamp(path: path).map { record(of: path, stamp: $0) != nil } ?? false
    }
}

extension Array where Element: Hashable {
    /// Without repetitions, in order.
    var uniqued: [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
