import Auth
import Hummingbird
import Jobs
import Storage
import WaxwingService

/// `/api/jobs`.
struct JobRoutes: RouteGroup {
    static let chapter = "Jobs"
    let jobs: JobBoard

    var routes: [Route] {
        [
            Route(
                .get, "/api/jobs", "listJobs", "What is done for the account, newest first.",
                query: [
                    QueryParameter("status", .oneOf(JobStatus.allCases.map(\.rawValue)), "Only those that stand so."),
                    QueryParameter("kind", .string(), "Only those, as `analyze-upload`."),
                ], list: "jobs", use: list),
            Route(.get, "/api/jobs/{id}", "showJob", "One job, and how far it is.", use: show),
            Route(
                .get, "/api/jobs/{id}/file", "downloadJobFile", "The file that a job has made, for a week.",
                answers: [AnswerDescription(.ok, .bytes("*/*"))], use: file),
            Route(.post, "/api/jobs/{id}/retry", "retryJob", "Does a job again that has failed.", use: retry),
            Route(
                .post, "/api/jobs/{id}/cancel", "cancelJob", "Ends a job that waits, and stops one that runs.",
                use: cancel),
            Route(
                .post, "/api/jobs/retry", "retryNamedJob", "The same, of the job that the body names.", use: retryNamed),
            Route(
                .post, "/api/jobs/cancel", "cancelNamedJob", "The same, of the job that the body names.",
                use: cancelNamed),
        ]
    }

    @Sendable private func list(
        _ page: PageRequest, _ request: Request, context: APIContext
    ) async throws -> Page<JobView> {
        let status = try request.choice("status", as: JobStatus.self)
        let kind = try request.parameter("kind").map { text in
            guard text.utf8.count <= 64, text.utf8.isVisibleASCII else {
                throw InvalidRequest(field: "kind", message: "'kind' is a name, as 'analyze-upload'")
            }
            return text
        }
        return try await jobs.jobs(of: context.requirePrincipal(), page, status: status, kind: kind).map(JobView.init)
    }

    @Sendable private func show(_ request: Request, context: APIContext) async throws -> JobView {
        JobView(try await jobs.job(jobID(context), of: context.requirePrincipal()))
    }

    @Sendable private func file(_ request: Request, context: APIContext) async throws -> Response {
        let (file, body) = try await jobs.file(of: jobID(context), for: context.requirePrincipal())
        var response = Response(
            body, isPart: false, contentType: file.contentType, downloadName: file.name,
            cacheControl: "private, max-age=3600")
        response.headers[.acceptRanges] = nil
        return response
    }

    @Sendable private func retry(_ request: Request, context: APIContext) async throws -> JobView {
        JobView(try await jobs.retry(jobID(context), of: context.requirePrincipal()))
    }

    @Sendable private func cancel(_ request: Request, context: APIContext) async throws -> JobView {
        JobView(try await jobs.cancel(jobID(context), of: context.requirePrincipal()))
    }

    private struct NamedJob: DescribedBody {
        let jobID: String

        private enum CodingKeys: String, CodingKey {
            case jobID = "jobId"
        }

        func id() throws -> JobID {
            guard let id = JobID(jobID) else { throw ServiceError.notFound("job") }
            return id
        }

        static let example = NamedJob(jobID: .exampleID)
    }

    @Sendable private func retryNamed(
        _ form: NamedJob, _ request: Request, context: APIContext
    ) async throws -> JobView {
        JobView(try await jobs.retry(form.id(), of: context.requirePrincipal()))
    }

    @Sendable private func cancelNamed(
        _ form: NamedJob, _ request: Request, context: APIContext
    ) async throws -> JobView {
        JobView(try await jobs.cancel(form.id(), of: context.requirePrincipal()))
    }

    private func jobID(_ context: APIContext) throws -> JobID {
        try context.identifier(ServiceError.notFound("job"))
    }
}
