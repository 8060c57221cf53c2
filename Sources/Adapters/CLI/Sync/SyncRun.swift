import AudioCore
import Foundation
import Synchronization

/// Looks at a folder and at the samples of a service, and does what the plan says.
///
/// A run may be killed at any moment. What it had sent has the same idempotency key the next time, so that it does not come
/// into being twice; what it had fetched is found to be the same by its content.
final class SyncRun: Sendable {
    struct Work {
        var state: SyncState
        var report = SyncReport()
        var savedAt = ContinuousClock.now

        /// Digests by path.
        var here: [String: String] { state.files.mapValues(\.digest) }
    }

    let service: RemoteService
    let folder: SyncFolder
    let rules: SyncRules
    let line: StatusLine
    let isJSON: Bool
    /// Contents that the service does not take: not sent again by the same process.
    private let refused = Mutex<Set<String>>([])

    init(service: RemoteService, folder: SyncFolder, rules: SyncRules, line: StatusLine, isJSON: Bool) {
        (self.service, self.folder, self.rules) = (service, folder, rules)
        (self.line, self.isJSON) = (line, isJSON)
    }

    /// - Throws: ``ServerProblem`` where nothing more can be done; what was done until then is kept.
    func once() async throws -> SyncReport {
        var work = Work(state: try await openState())
        defer { if !rules.dryRun { try? folder.save(work.state) } }
        line.show("looking at \(folder.path.printable)")
        work.state.files = try folder.files(knowing: work.state.files) { problem in
            line.clear()
            work.report.fail(problem)
        }
        if !rules.dryRun { try folder.save(work.state) }
        try await settlePending(&work)
        let there = try await service.samples()
        try await compare(there, &work)
        work.state.look(here: Set(work.here.values), there: Set(there.map(\.id)))
        let gone = Set(work.state.known.map(\.sample)).subtracting(there.map(\.id))
        let plan = SyncPlan(here: work.here, there: there, state: work.state, rules)
        if rules.dryRun {
            show(plan, &work)
        } else {
            try await perform(plan, &work)
        }
        work.report.underWay = work.state.pending.count
        let here = Set(work.here.values)
        work.report.inStep = work.state.known.count { here.contains($0.digest) && !gone.contains($0.sample) }
        line.clear()
        work.report.end(isJSON: isJSON)
        return work.report
    }

    private func perform(_ plan: SyncPlan, _ work: inout Work) async throws {
        try await upload(plan, &work)
        if rules.waits { try await waitForPending(&work) }
        try await download(plan.downloads, &work)
        guard !plan.deletesTooMuch(of: work.state) || rules.force else {
            let count = plan.hidden.count + plan.trashed.count
            return fail(
                FileProblem(
                    path: folder.path,
                    reason:
                        "\(count) of \(work.state.known.count) would be deleted, which looks like a mistake: nothing was; "
                        + "--force does it"), &work)
        }
        try await hide(plan.hidden, &work)
        trash(plan.trashed, &work)
    }

    private func openState() async throws -> SyncState {
        struct Caller: Decodable, Sendable {
            let user: String
        }
        let user = try await service.get("/api/auth/session", as: Caller.self).user
        guard let state = try folder.state() else { return SyncState(server: service.address.text, user: user) }
        guard state.user == user else {
            throw OutputProblem(
                "\(folder.path.printable) is synced with \(state.server.printable) by another account: use that, or remove "
                    + "its .waxwing-sync to compare all anew")
        }
        return state
    }

    private func show(_ plan: SyncPlan, _ work: inout Work) {
        line.clear()
        for upload in plan.uploads { work.report.add(.up, upload.path, isShown: !isJSON) }
        for sample in plan.downloads { work.report.add(.down, sample.filename, isShown: !isJSON) }
        for sample in plan.hidden { work.report.add(.hidden, sample.filename, isShown: !isJSON) }
        for file in plan.trashed { work.report.add(.trashed, file.path, isShown: !isJSON) }
    }

    func did(_ event: SyncReport.Event, _ name: String, _ work: inout Work) throws {
        line.clear()
        work.report.add(event, name, isShown: !isJSON)
        // Not after each: what is lost with a crash is found out again, and a large state takes its time.
        guard work.savedAt.duration(to: .now) > .seconds(1) else { return }
        try folder.save(work.state)
        work.savedAt = .now
    }

    func fail(_ problem: FileProblem, _ work: inout Work) {
        line.clear()
        work.report.fail(problem)
    }

    func refuse(_ digest: String) { _ = refused.withLock { $0.insert(digest) } }

    func isRefused(_ digest: String) -> Bool { refused.withLock { $0.contains(digest) } }
}
