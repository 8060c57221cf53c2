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
        let caller = try context.requirePrincipal()
        return try context.answer(
            try await jobs.jobs(of: caller, request.page(of: caller.user, list: "jobs")), of: caller.user, list: "jobs",
            JobView.init)
    }

    @Sendable private func show(_ request: Request, context: APIContext) async throws -> Response {
        let caller = try context.requirePrincipal()
        let job = try await jobs.job(context.identifier(ServiceError.notFound("job")), of: caller)
        return try context.answer(.ok, JobView(job))
    }
}
