import ArgumentParser
import Jobs
import Storage
import StrictJSON

/// What a service does for the account whose key it is shown: not the operator's view, but the owner's.
struct RemoteJobs {
    let remote: RemoteOptions

    func list(_ status: JobStatus?, kind: String?, _ output: JobListOptions) async throws {
        let query = [("status", status?.rawValue), ("kind", kind)].compactMap { name, value in value.map { (name, $0) }
        }
        let most = output.limit == 0 ? nil : output.limit
        let (jobs, hasMore) = try await remote.use { service, _ in
            try await service.items("/api/jobs", query, atMost: most)
        }
        if output.json { return JSONOutput.print(jobs) }
        if output.ids { return write(jobs.map { "\($0["id"].word)\n" }.joined()) }
        var table = TextTable("JOB", "KIND", "STATUS", "TRIED", "ASKED FOR", "")
        for job in jobs {
            table.add([
                job["id"].word, job["kind"].word, job["status"].word, job["attempts"].word, job["created_at"].word,
                String(Self.note(job).prefix(60)),
            ])
        }
        write(table.text)
        if hasMore { write("there are more: --limit 0 shows all\n") }
    }

    private static func note(_ job: JSONValue) -> String {
        if let error = job["error"]?.string { return error.printable }
        guard let part = job["progress"]?.double, let percent = Int(exactly: (part * 100).rounded(.down)) else {
            return ""
        }
        return "\(percent) % \(job["progress_note"]?.string?.printable ?? "")"
    }

    func show(_ job: JobID, json: Bool) async throws {
        let found: JSONValue = try await remote.use { service, _ in try await service.get("/api/jobs/\(job)") }
        if json { return JSONOutput.print(found) }
        write(found.lines())
    }

    enum Step: String, Sendable {
        case retry, cancel
    }

    func each(_ jobs: JobArguments, _ step: Step) async throws {
        try await remote.each(jobs.jobs.map(\.text), isJSON: jobs.answer.json) { id, service in
            let job: JSONValue = try await service.post("/api/jobs/\(id)/\(step.rawValue)", [String: String]())
            let status = job["status"].word
            return step == .cancel && status == JobStatus.processing.rawValue ? "is asked to stop" : status
        }
    }
}

extension JobStatus: ExpressibleByArgument {}
