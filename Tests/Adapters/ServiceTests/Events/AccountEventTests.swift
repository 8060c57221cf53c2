import Billing
import Foundation
import Jobs
import SampleLibrary
import Storage
import Testing

@testable import WaxwingService

@Suite struct AccountEventTests {
    private static let job = JobID("0b8e7d9e-5a52-4c7a-9a4e-3f0a4f8d1c11") ?? .random()
    private static let sample = SampleID("6f1d2c3b-1a2b-4c3d-8e4f-5a6b7c8d9e0f") ?? .random()

    private static func event(of kind: EventKind) throws -> AccountEvent? {
        func job(_ status: JobStatus, sample: SampleID? = nil, error: String? = nil) -> AccountEvent {
            .job(
                AccountEvent.JobFacts(
                    id: Self.job, work: "analyze-upload", status: status, attempts: status == .pending ? 0 : 1,
                    sample: sample, error: error))
        }
        let facts = AccountEvent.SampleFacts(
            Sample(
                id: sample, owner: .random(), filename: "kick.wav", object: try ObjectKey("x"),
                contentType: "audio/wav", size: 1, etag: "x", createdAt: Timestamp(milliseconds: 0)))
        return switch kind {
        case .jobPending: job(.pending)
        case .jobProcessing: job(.processing)
        case .jobCompleted: job(.completed, sample: sample)
        case .jobFailed: job(.failed, error: "the file holds no sound")
        case .jobCancelled: job(.cancelled)
        case .jobProgress:
            .jobProgress(AccountEvent.ProgressFacts(id: Self.job, progress: 0.5, note: "separating drums"))
        case .sampleAdded: .sampleAdded(facts)
        case .sampleChanged: .sampleChanged(facts)
        case .sampleHidden: .sampleHidden(facts)
        case .sampleRestored: .sampleRestored(facts)
        case .sampleRemoved: .sampleRemoved(facts)
        case .subscriptionChanged:
            .subscriptionChanged(AccountEvent.SubscriptionFacts(status: .pastDue, cancelsAtPeriodEnd: false))
        case .quotaReached:
            .quotaReached(AccountEvent.QuotaFacts(unit: .uploads, percent: 80, used: 40, limit: 50))
        case .hello, .reset: nil
        }
    }

    /// Kind and payload of each row of the table.
    private func documented() throws -> [String: String] {
        let page = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../../Docs/Events.md").standardizedFileURL
        let text = try String(contentsOf: page, encoding: .utf8)
        let rows = text.matches(of: /(?m)^\| `([a-z.]+)` \|[^|]*\| `(\{.*\})` \|$/)
        return Dictionary(rows.map { (String($0.1), String($0.2)) }) { first, _ in first }
    }

    @Test func `the page on events shows every kind, each with the payload that is sent`() throws {
        let documented = try documented()
        #expect(documented.keys.sorted() == EventKind.allCases.map(\.rawValue).sorted())
        for kind in EventKind.allCases {
            guard let event = try Self.event(of: kind) else { continue }
            #expect(event.kind == kind)
            #expect(try event.payload == documented[kind.rawValue])
        }
    }

    @Test func `a payload is one line, whatever a file is called`() throws {
        let sample = Sample(
            id: .random(), owner: .random(), filename: "a\nb\r\u{2028}\"c", object: try ObjectKey("x"),
            contentType: "audio/wav", size: 1, etag: "x", createdAt: Timestamp(milliseconds: 0))
        let payload = try AccountEvent.sampleAdded(.init(sample)).payload
        #expect(!payload.utf8.contains { $0 == 10 || $0 == 13 })
    }
}
