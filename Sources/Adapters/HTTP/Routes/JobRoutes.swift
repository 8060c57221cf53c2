import Hummingbird
import WaxwingService

/// `/api/jobs`.
struct JobRoutes {
    let jobs: JobBoard

    func add(to router: RouterGroup<APIContext>) {
        router.get("jobs", use: list)
        router.get("jobs/:id", use: show)
    }

    @Sendable private func list(_ request: Request, context: APIContext) async throws -> Response {
        let account = try context.requireAccount()
        return try context.answer(
            try await jobs.jobs(of: account, request.page(of: account, list: "jobs")), of: account, list: "jobs",
            JobView.init)
    }

    @Sendable private func show(_ request: Request, context: APIContext) async throws -> Response {
        let account = try context.requireAccount()
        let job = try await jobs.job(context.identifier(ServiceError.notFound("job")), of: account)
        return try context.answer(.ok, JobView(job))
    }
}
