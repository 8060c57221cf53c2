import Jobs
import JobsTestKit
import Storage
import StorageTestKit
import Synchronization
import Testing

/// What happens when somebody has signed up.
private struct Onboarding: Workflow {
    struct NewUser: Codable {
        let name: String
        let address: String
    }

    static let name = "onboarding"
    let mail: Mailbox

    func run(_ user: NewUser, _ context: WorkflowContext) async throws -> String {
        let address = try await context.step("validate user") {
            guard user.address.contains("@") else { throw JobFailure(.final, "no address to write to") }
            return user.address.lowercased()
        }
        let profile = try await context.transaction("create profile") { session in
            try note("profile of \(user.name)", in: session)
            return "profile/\(user.name)"
        } undo: { profile in
            { try note("no \(profile)", in: $0) }
        }
        try await context.step("send welcome e-mail") {
            try mail.send("welcome to \(address)", key: context.idempotencyKey(for: "send welcome e-mail"))
        }
        try await context.transaction("initialise settings") { session in
            try note("settings of \(profile)", in: session)
        }
        return profile
    }
}

/// An e-mail service that does not answer `failures` times, and knows a repeat by its key.
private final class Mailbox: Sendable {
    private let state: Mutex<(failures: Int, sent: [String: String])>

    init(failures: Int = 0) { state = Mutex((failures, [:])) }

    var sent: [String] { state.withLock { Array($0.sent.values) } }

    func send(_ text: String, key: String) throws {
        try state.withLock { state in
            guard state.failures == 0 else {
                state.failures -= 1
                throw JobFailure(.passing, "the mail server does not answer")
            }
            state.sent[key] = text
        }
    }
}

@Suite struct OnboardingTests {
    private static let ada = Onboarding.NewUser(name: "ada", address: "Ada@example.org")

    private static func play(
        _ user: Onboarding.NewUser, _ mail: Mailbox
    ) async throws -> (bench: WorkflowBench, log: WorkflowLog) {
        let bench = try await WorkflowBench()
        let id = try await bench.write { try bench.workflows.start(Onboarding.self, user, in: $0) }
        let handlers = [bench.workflows.handler(Onboarding(mail: mail))]
        for _ in 0..<4 {
            while try await bench.turn(handlers) {}
            bench.clock.advance(by: .seconds(60))
        }
        return (bench, try await bench.log(of: id))
    }

    @Test func `a new user gets a profile, a welcome and settings, in this order`() async throws {
        let mail = Mailbox(failures: 1)
        let (bench, log) = try await Self.play(Self.ada, mail)
        #expect(log.run.state == .completed)
        #expect(log.run.output == "\"profile\\/ada\"")
        #expect(
            log.steps.map(\.name) == [
                "validate user", "create profile", "send welcome e-mail", "initialise settings",
            ])
        #expect(log.steps.map(\.attempts) == [0, 0, 1, 0])
        #expect(mail.sent == ["welcome to ada@example.org"])
        #expect(try await bench.ledger() == ["profile of ada", "settings of profile/ada"])
    }

    @Test func `a user without an address is refused before anything is made`() async throws {
        let mail = Mailbox()
        let (bench, log) = try await Self.play(Onboarding.NewUser(name: "ada", address: "none"), mail)
        #expect(log.run.state == .failed(reason: "no address to write to"))
        #expect(try await bench.ledger().isEmpty)
        #expect(mail.sent.isEmpty)
    }

    @Test func `without a welcome the profile is taken away again`() async throws {
        let (bench, log) = try await Self.play(Self.ada, Mailbox(failures: 3))
        #expect(log.run.state == .failed(reason: "the mail server does not answer"))
        #expect(try await bench.ledger() == ["profile of ada", "no profile/ada"])
    }

    @Test(.timeLimit(.minutes(30))) func `a worker as a service brings it to its end`() async throws {
        let database = try await WorkflowBench().database
        let bench = try await WorkerBench(on: database)
        let workflows = Workflows(bench.queue)
        let (mail, retried) = (Mailbox(), Mailbox(failures: 1))
        let id = try await database.write { try workflows.start(Onboarding.self, Self.ada, in: $0) }
        var ends = try await bench.whileWorking([workflows.handler(Onboarding(mail: mail))]) { await bench.ends(1) }
        let other = try await database.write { try workflows.start(Onboarding.self, Self.ada, in: $0) }
        ends += try await bench.whileWorking([workflows.handler(Onboarding(mail: retried))]) { await bench.ends(2) }
        #expect(ends.map(\.status) == ["completed", "completed", "completed"])
        for run in [id, other] {
            let output = try await database.read { try workflows.output(of: run, as: Onboarding.self, in: $0) }
            #expect(output == "profile/ada")
        }
    }
}
