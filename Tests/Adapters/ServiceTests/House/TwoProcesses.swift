import Auth
import Billing
import Foundation
import FreshDatabases
import Logging
import Storage
import StorageTestKit

@testable import WaxwingService

/// The use cases as two processes on one database have them, and somebody who is signed in.
struct TwoProcesses {
    let sides: [UseCases]
    let databases: [any Database]
    let caller: Principal
    private let folder: TemporaryFolder

    init(
        pace: EventPace = EventPace(), rules: any RoomRules = OwnRooms(), clock: any WallClock = SystemClock()
    ) async throws {
        folder = try TemporaryFolder()
        let shared = try await FreshDatabase.shared(folder.path + "/rows.sqlite")
        databases = shared.map(\.database)
        try await databases[0].migrate(UseCases.migrations, at: clock.now())
        let (objects, keys, folder) = (MemoryObjectStore(clock: clock), try Keys.random(clock: clock), folder)
        sides = try shared.enumerated().map { index, side in
            try UseCases(
                Backends(
                    database: side.database, objects: objects, clock: clock, signals: side.signals,
                    linkBase: "http://127.0.0.1/objects"),
                plans: PlanBook(defaultPlan: "basic", plans: ["basic": Plan()]), keys: keys,
                analyzer: FakeAnalyzer(), work: WorkFolder(in: "\(folder.path)/work\(index)"), pace: pace,
                roomRules: rules, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        }
        caller = try await Self.signUp("ada@example.com", at: sides[0])
    }

    /// Somebody else.
    func signUp(_ email: String) async throws -> Principal { try await Self.signUp(email, at: sides[0]) }

    private static func signUp(_ email: String, at cases: UseCases) async throws -> Principal {
        let name = String(email.prefix { $0 != "@" })
        _ = try await cases.accounts.register(email: email, password: Studio.password, name: name, from: .test)
        let pair = try await cases.signIn.signIn(email: email, password: Studio.password, from: .test)
        return try await cases.signIn.authenticate(Credentials(bearerToken: pair.access))
    }
}
