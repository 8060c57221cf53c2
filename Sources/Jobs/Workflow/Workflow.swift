import Storage

/// Work of several steps that is finished, or undone, whatever crashes in between.
///
/// ``run(_:_:)`` is ordinary Swift. What it does to the world it does in steps of its context, and each step's result is
/// recorded once, in the transaction that also holds the step's own writes. After a crash, a wait or a failed attempt it is
/// run again from its beginning: steps that have a result return it without being done again, so it goes on at the first
/// step that has none. While it waits it holds no worker.
///
/// ```swift
/// struct Onboarding: Workflow {
///     static let name = "onboarding"
///     let profiles: Profiles, mail: any MailSender, settings: Settings
///
///     func run(_ user: NewUser, _ context: WorkflowContext) async throws -> ProfileID {
///         let address = try await context.step("validate user") {
///             try user.validAddress()
///         }
///         let profile = try await context.transaction("create profile") { session in
///             try profiles.create(for: user.account, in: session)
///         } undo: { profile in
///             { session in try profiles.remove(profile, in: session) }
///         }
///         try await context.step("send welcome e-mail") {
///             try await mail.send(.welcome, to: address, key: context.idempotencyKey(for: "send welcome e-mail"))
///         }
///         try await context.transaction("initialise settings") { session in
///             try settings.initialise(for: profile, in: session)
///         }
///         return profile
///     }
/// }
///
/// let workflows = Workflows(queue)
/// let worker = Worker(…, handlers: [workflows.handler(Onboarding(…))], …)
/// try await database.write { try workflows.start(Onboarding.self, user, key: "\(user.account)", in: $0) }
/// ```
///
/// **What must be the same each time it is run**: which steps come, by name, kind and order. They may depend on the input
/// and on results of earlier steps, and on nothing else: the time, random numbers, files and rows are read in steps. Steps
/// go one after another; what is to go side by side are children. A program that differs from what was recorded is found
/// before it does anything, and the run is parked: ``ParkingReason/definitionChanged(_:)``.
///
/// **Errors**: a step that has failed for good throws ``StepFailed``, which may be caught to go another way. An error that
/// leaves ``run(_:_:)`` fails the run: what its steps did is undone, last step first, and then it has failed. A
/// `CancellationError` of the context means that this time is over, as the run waits, was cancelled or lost its worker:
/// let it pass.
public protocol Workflow: Sendable {
    associatedtype Input: Codable & Sendable
    associatedtype Output: Codable & Sendable

    /// What runs are kept under: it outlives names of types.
    static var name: String { get }

    /// Raised when runs that have begun must not go on with this program although their steps look alike.
    static var version: Int { get }

    func run(_ input: Input, _ context: WorkflowContext) async throws -> Output
}

extension Workflow {
    public static var version: Int { 1 }
}
