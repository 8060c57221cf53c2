import AudioCore
import Foundation

extension SyncRun {
    private struct Fetched: Sendable {
        let sample: RemoteSample
        let partial: String
        let digest: String
    }

    /// Finds out which samples that nothing is known of have the content of a file that is here, as after a crash, or
    /// in a folder whose state was lost. Only those are fetched whose length is that of a file.
    func compare(_ there: [RemoteSample], _ work: inout Work) async throws {
        let known = Set(work.state.known.map(\.sample))
        let present = Set(there.map(\.id))
        let held = Set(work.state.known.filter { present.contains($0.sample) }.map(\.digest))
        let sizes = Set(work.state.files.values.filter { !held.contains($0.digest) }.map(\.stamp.size))
        let unknown = there.filter { !known.contains($0.id) && sizes.contains($0.size) }
        let digests = Set(work.here.values)
        try await fetch(unknown, &work) { fetched, work in
            // One that is of another content may have come from elsewhere: it was never here.
            work.state.learn(fetched.sample.id, fetched.digest, wasHere: digests.contains(fetched.digest))
            unlink(fetched.partial)
        }
    }

    /// What is new there comes here.
    func download(_ samples: [RemoteSample], _ work: inout Work) async throws {
        var taken = folder.takenNames()
        try await fetch(samples, &work) { fetched, work in
            let sample = fetched.sample
            guard !work.here.values.contains(fetched.digest) else {
                unlink(fetched.partial)
                return work.state.learn(sample.id, fetched.digest, wasHere: true)
            }
            let safe = LocalName.safe(sample.filename, contentType: sample.contentType)
            do {
                let name = try folder.place(fetched.partial, as: safe, except: &taken)
                if let stamp = ContentStamp("\(folder.path)/\(name)") {
                    work.state.files[name] = SyncState.ReadFile(stamp: stamp, digest: fetched.digest)
                }
                work.state.learn(sample.id, fetched.digest, wasHere: true)
                try did(.down, name, &work)
            } catch let problem as FileProblem {
                fail(problem, &work)
            }
        }
    }

    private func fetch(
        _ samples: [RemoteSample], _ work: inout Work, _ keep: (Fetched, inout Work) throws -> Void
    ) async throws {
        let progress = TransferProgress(
            line: line, files: samples.count, bytes: samples.reduce(0) { $0 &+ $1.size })
        try await withThrowingTaskGroup(of: Result<Fetched, FileProblem>.self) { group in
            for (index, sample) in samples.enumerated() {
                if index >= rules.atOnce, let result = try await group.next() {
                    try take(result, &work, keep)
                }
                let partial = folder.partialPath()
                group.addTask { try await self.fetch(sample, into: partial, progress) }
            }
            while let result = try await group.next() { try take(result, &work, keep) }
        }
    }

    private func take(
        _ result: Result<Fetched, FileProblem>, _ work: inout Work, _ keep: (Fetched, inout Work) throws -> Void
    ) throws {
        switch result {
        case .success(let fetched): try keep(fetched, &work)
        case .failure(let problem): fail(problem, &work)
        }
    }

    private func fetch(
        _ sample: RemoteSample, into partial: String, _ progress: TransferProgress
    ) async throws -> Result<Fetched, FileProblem> {
        defer { progress.finishFile() }
        do {
            let file = try OutputFile(path: partial, replaces: false)
            let digest = try await service.download(sample.id, into: file, progress)
            try file.publish()
            return .success(Fetched(sample: sample, partial: partial, digest: digest))
        } catch let problem as ServerProblem where !problem.isFinal {
            return .failure(FileProblem(path: sample.filename, reason: problem.message))
        } catch let error as AudioWriteError {
            return .failure(FileProblem(path: sample.filename, error: error))
        }
    }

    /// What went there is moved out of the way here.
    func trash(_ files: [(path: String, digest: String)], _ work: inout Work) {
        let day = String(Date().ISO8601Format().prefix(10))
        for (path, digest) in files {
            guard let known = work.state.files[path] else { continue }
            do {
                try folder.trash(path, known, on: day)
                work.state.files[path] = nil
                for gone in work.state.known where gone.digest == digest && !work.here.values.contains(digest) {
                    work.state.forget(gone.sample)
                }
                try did(.trashed, path, &work)
            } catch let problem as FileProblem {
                fail(problem, &work)
            } catch {
                fail(FileProblem(path: path, reason: "cannot be moved away: check who may write there"), &work)
            }
        }
    }
}
