import Foundation

extension SyncRun {
    private enum Sent: Sendable {
        case job(String)
        /// To be begun anew with another key.
        case ended
        case problem(FileProblem)
    }

    /// What is new here goes there.
    func upload(_ plan: SyncPlan, _ work: inout Work) async throws {
        let uploads = plan.uploads.filter { !isRefused($0.digest) }
        let bytes = uploads.reduce(0) { $0 + (work.state.files[$1.path]?.stamp.size ?? 0) }
        let progress = TransferProgress(line: line, files: uploads.count, bytes: bytes)
        let sender = FileSender(service: service, progress: progress)
        let root = folder.path
        try await withThrowingTaskGroup(of: (Int, Sent).self) { group in
            var next = 0
            func start(_ index: Int, _ state: SyncState) {
                let (digest, path) = uploads[index]
                let key = state.key(of: digest, named: (path as NSString).lastPathComponent)
                let known = state.files[path]
                group.addTask {
                    (index, try await Self.send("\(root)/\(path)", named: path, known, once: key, by: sender))
                }
            }
            while next < min(rules.atOnce, uploads.count) {
                start(next, work.state)
                next += 1
            }
            var renewed: Set<Int> = []
            while let (index, sent) = try await group.next() {
                let (digest, path) = uploads[index]
                switch sent {
                case .job(let job):
                    progress.finishFile()
                    work.state.pending[digest] = SyncState.Pending(job: job, path: path)
                    try did(.up, path, &work)
                case .ended where renewed.insert(index).inserted:
                    work.state.endSending(of: digest)
                    start(index, work.state)
                    continue
                case .ended:
                    fail(FileProblem(path: path, reason: "the service ended its upload: try again later"), &work)
                case .problem(let problem):
                    progress.finishFile()
                    work.state.endSending(of: digest)
                    refuse(digest)
                    fail(problem, &work)
                }
                if next < uploads.count {
                    start(next, work.state)
                    next += 1
                }
            }
        }
    }

    private static func send(
        _ file: String, named path: String, _ known: SyncState.ReadFile?, once key: String, by sender: FileSender
    ) async throws -> Sent {
        do {
            let file = try LocalFile(path: file)
            guard file.stamp == known?.stamp else {
                return .problem(FileProblem(path: path, reason: "was changed meanwhile: it is left for the next run"))
            }
            return .job(try await sender.send(file, once: key))
        } catch is SendingEnded {
            return .ended
        } catch let problem as ServerProblem where !problem.isFinal {
            return .problem(FileProblem(path: path, reason: problem.message))
        } catch let problem as FileProblem {
            return .problem(FileProblem(path: path, reason: problem.reason))
        }
    }

    /// Asks once after everything that is analysed there.
    func settlePending(_ work: inout Work) async throws {
        guard !rules.dryRun else { return }
        for (digest, pending) in work.state.pending.sorted(by: { $0.value.path < $1.value.path }) {
            do {
                let job = try await service.job(pending.job)
                guard job.isOver else { continue }
                if let sample = job.sampleId {
                    work.state.learn(sample, digest, wasHere: true)
                } else {
                    refuse(digest)
                    work.state.endSending(of: digest)
                    fail(FileProblem(path: pending.path, reason: job.error ?? "its job was \(job.status)"), &work)
                }
            } catch let problem as ServerProblem where problem.status == 404 {
                work.state.endSending(of: digest)
            }
            work.state.pending[digest] = nil
        }
    }

    func waitForPending(_ work: inout Work) async throws {
        var pause = Duration.milliseconds(100)
        while true {
            try await settlePending(&work)
            guard !work.state.pending.isEmpty else { return }
            line.show("\(work.state.pending.count) files are being analysed")
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(3))
        }
    }

    /// What went here is hidden there, from where it can be restored.
    func hide(_ samples: [RemoteSample], _ work: inout Work) async throws {
        for sample in samples {
            do {
                try await service.delete("/api/samples/\(sample.id)")
            } catch let problem as ServerProblem where problem.status == 404 {
                // Gone in the meantime: as it was to be.
            } catch let problem as ServerProblem where !problem.isFinal {
                fail(FileProblem(path: sample.filename, reason: problem.message), &work)
                continue
            }
            work.state.forget(sample.id)
            try did(.hidden, sample.filename, &work)
        }
    }
}
