import Foundation

/// Files on their way to a service, several at once.
struct Sending: Sendable {
    struct Outcome: Sendable {
        let file: String
        var job: String?
        var sample: String?
        /// Why it is not there.
        var problem: String?
    }

    let service: RemoteService
    let progress: TransferProgress
    let kept: KeptUploads
    /// Whether for the analysis, too.
    let waits: Bool

    /// Hands on what became of each file in their order, each as soon as it and those before it are there.
    ///
    /// - Throws: ``ServerProblem`` for what the next file would meet as well; then none is begun any more.
    func run(_ files: [String], atOnce limit: Int, each: (Outcome) -> Void) async throws {
        try await withThrowingTaskGroup(of: (Int, Outcome).self) { group in
            var early: [Int: Outcome] = [:]
            var (next, shown) = (0, 0)
            func start() {
                guard next < files.count else { return }
                let (index, file) = (next, files[next])
                group.addTask { (index, try await outcome(of: file)) }
                next += 1
            }
            for _ in 0..<limit { start() }
            while let (index, outcome) = try await group.next() {
                early[index] = outcome
                while let ready = early.removeValue(forKey: shown) {
                    each(ready)
                    shown += 1
                }
                start()
            }
        }
    }

    private func outcome(of path: String) async throws -> Outcome {
        defer { progress.finishFile() }
        var outcome = Outcome(file: path)
        do {
            let job = try await send(LocalFile(path: path))
            outcome.job = job
            if waits { outcome.sample = try await service.sample(of: job) }
        } catch let problem as ServerProblem where !problem.isFinal {
            outcome.problem = problem.message
        } catch let problem as FileProblem {
            outcome.problem = problem.reason
        }
        return outcome
    }

    private func send(_ file: LocalFile) async throws -> String {
        let sender = FileSender(service: service, progress: progress)
        do {
            let job = try await sender.send(
                file, once: UUID().uuidString, resuming: kept.find(file, at: service.address)
            ) { kept.keep($0, of: file, at: service.address) }
            kept.forget(file, at: service.address)
            return job
        } catch is SendingEnded {
            kept.forget(file, at: service.address)
            throw FileProblem(path: file.path, reason: "the service has ended its upload: give the command again")
        } catch let problem as ServerProblem where !problem.isFinal {
            // Refused: what was begun of it is of no use.
            kept.forget(file, at: service.address)
            throw problem
        }
    }
}

extension RemoteService {
    struct JobStatus: Decodable, Sendable {
        let status: String
        let sampleId: String?
        let error: String?

        var isOver: Bool { !["pending", "processing"].contains(status) }
    }

    func job(_ id: String) async throws -> JobStatus { try await get("/api/jobs/\(id)") }

    /// The sample that a job makes, when it has.
    ///
    /// - Throws: ``ServerProblem`` with what went wrong where it makes none.
    func sample(of job: String) async throws -> String {
        var pause = Duration.milliseconds(100)
        while true {
            let status = try await self.job(job)
            if status.isOver {
                guard let sample = status.sampleId else {
                    throw ServerProblem(status.error ?? "the job was \(status.status)", .someFailed)
                }
                return sample
            }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(3))
        }
    }
}
