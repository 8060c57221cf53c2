import Foundation
import FreshDatabases
import StorageS3
import Testing

/// Where a service under test keeps its things.
enum Deployment: Sendable {
    /// SQLite and a folder.
    case embedded
    /// A PostgreSQL database and a bucket, empty ones for each test.
    case shared
    /// The same for two servers, of which each connection goes to another, and three workers.
    case several

    /// Whether a server of each kind was started.
    static let hasServers = FreshDatabase.postgresURL != nil && variable("ENDPOINT") != nil
    static let hint: Comment = "set TEST_POSTGRES_URL and TEST_S3_ENDPOINT to check PostgreSQL and S3 end to end"
    static let testable: [Deployment] = hasServers ? [.embedded, .shared, .several] : [.embedded]
    /// For what one process does, or is told.
    static let single: [Deployment] = hasServers ? [.embedded, .shared] : [.embedded]
    /// Tells ``TestServer`` to be all of the machines.
    static let severalMachines = "TEST_SEVERAL_MACHINES"

    /// What its processes are started with.
    func environment() async throws -> [String: String] {
        guard self != .embedded else { return [:] }
        var environment = [
            "DATABASE_URL": try await FreshDatabase.schema().url,
            "WAXWING_SECRET": "a secret of tests, and long enough",
        ]
        for name in ["ENDPOINT", "REGION", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY"] {
            environment["S3_\(name)"] = Self.variable(name)
        }
        if self == .several { environment[Self.severalMachines] = "1" }
        return try await Self.withNewBucket(environment)
    }

    /// The same with an empty bucket.
    static func withNewBucket(_ environment: [String: String]) async throws -> [String: String] {
        var environment = environment
        environment["S3_BUCKET"] = "waxwing-\(UUID().uuidString.lowercased())"
        try await S3ObjectStore(S3Configuration(environment: environment)).createBucket()
        return environment
    }

    private static func variable(_ name: String) -> String? {
        ProcessInfo.processInfo.environment["TEST_S3_\(name)"]
    }
}
