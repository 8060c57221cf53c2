import Foundation
import Storage
import StorageS3
import WaxwingService

extension Doctor {
    /// Whether objects can be put, read and removed, and are those of the rows.
    func objectFindings() async -> [Finding] {
        guard settings.s3 != nil || FileManager.default.fileExists(atPath: places.folder) && places.hasRows else {
            return [.ok("objects", "will be made at the first start")]
        }
        let kind = settings.s3.map { "the bucket '\($0.bucket)'" } ?? "the folder"
        do {
            let store = try await Self.timely { try await places.objects() }
            var findings = try await Self.timely { try await Self.probe(store, kind) }
            if places.hasRows { findings.append(await belongingFinding(store)) }
            return findings
        } catch {
            return [
                .failing(
                    "objects", "\(kind) cannot be used: \(error)",
                    settings.s3 == nil
                        ? "look at the disk, and at who owns \(places.folder)"
                        : "look at the key and its rights: ListBucket, GetObject, PutObject, DeleteObject")
            ]
        }
    }

    private func belongingFinding(_ store: any ObjectStore) async -> Finding {
        do {
            let database = try places.database()
            try await Self.timely { try await Installation(database, store).check() }
            return .ok("objects", "are those of the database")
        } catch let error as InstallationError {
            return .failing("objects", "they are not those of the database", "\(error)")
        } catch {
            return .warning(
                "objects", "nobody knows whether they are those of the database: \(error)", "mend that first")
        }
    }

    /// Nobody reads it, and nothing is left of it.
    private static func probe(_ store: any ObjectStore, _ kind: String) async throws -> [Finding] {
        let key = try ObjectKey("health/doctor-\(UUID().uuidString.lowercased())")
        do {
            let findings = try await use(store, key, kind)
            try await store.delete(key)
            return findings
        } catch {
            try? await store.delete(key)
            throw error
        }
    }

    private static func use(_ store: any ObjectStore, _ key: ObjectKey, _ kind: String) async throws -> [Finding] {
        let content = Array("waxwing doctor was here".utf8)
        let attributes = ObjectAttributes(contentType: "text/plain")
        let asked = SystemClock().now()
        _ = try await store.put(ByteStream(content), at: key, attributes, if: .absent)
        let told = SystemClock().now()
        var findings: [Finding] = []
        let whole = try await store.get(key).stream.collected()
        let part = try await store.get(key, range: .closed(8, 13)).stream.collected()
        if whole == content, part == Array(content[8...13]) {
            findings.append(.ok("objects", "\(kind) takes, gives and removes them"))
        } else {
            findings.append(
                .failing(
                    "objects", "\(kind) gives other bytes than it took", "use another store: what is kept there is lost"
                ))
        }
        do {
            _ = try await store.put(ByteStream(content), at: key, attributes, if: .absent)
            findings.append(
                .failing(
                    "objects", "\(kind) overwrites what it was asked to leave alone (If-None-Match)",
                    "use a store that knows conditional writes, or a newer version of this one"))
        } catch ObjectStoreError.conditionFailed {
            findings.append(.ok("objects", "\(kind) keeps to conditions"))
        }
        let modified = try await store.head(key).modified
        findings.append(clockFinding("clock", modified, asked: asked, told: told))
        return findings
    }
}
