import Billing
import Foundation
import Jobs
import SampleLibrary
import Storage

/// Something that happened to what an account has: names and small facts, no secrets. What is told of more than that, a
/// client reads for itself.
public enum AccountEvent: Equatable, Sendable {
    /// A job is new, or has another status.
    case job(JobFacts)
    case jobProgress(ProgressFacts)
    case sampleAdded(SampleFacts)
    /// Its name, tags, features or the like are others.
    case sampleChanged(SampleFacts)
    case sampleHidden(SampleFacts)
    case sampleRestored(SampleFacts)
    case sampleRemoved(SampleFacts)
    case subscriptionChanged(SubscriptionFacts)
    case quotaReached(QuotaFacts)

    public struct JobFacts: Equatable, Sendable, Codable {
        public let id: JobID
        /// As `analyze-upload`.
        public let work: String
        public let status: JobStatus
        public let attempts: Int
        /// What it made; nil until it is completed, and of work that makes none.
        public let sample: SampleID?
        /// Why the last attempt failed.
        public let error: String?

        enum CodingKeys: String, CodingKey {
            case id = "job_id"
            case work, status, attempts
            case sample = "sample_id"
            case error
        }
    }

    public struct ProgressFacts: Equatable, Sendable, Codable {
        public let id: JobID
        /// 0…1.
        public let progress: Double
        public let note: String?

        enum CodingKeys: String, CodingKey {
            case id = "job_id"
            case progress, note
        }
    }

    public struct SampleFacts: Equatable, Sendable, Codable {
        public let id: SampleID
        public let filename: String

        public init(_ sample: Sample) {
            (id, filename) = (sample.id, sample.filename)
        }

        enum CodingKeys: String, CodingKey {
            case id = "sample_id"
            case filename
        }
    }

    public struct SubscriptionFacts: Equatable, Sendable, Codable {
        public let status: SubscriptionStatus
        public let cancelsAtPeriodEnd: Bool

        enum CodingKeys: String, CodingKey {
            case status
            case cancelsAtPeriodEnd = "cancel_at_period_end"
        }
    }

    public struct QuotaFacts: Equatable, Sendable, Codable {
        public let unit: QuotaUnit
        /// 80 or 100.
        public let percent: Int
        public let used: Int
        public let limit: Int
    }
}

extension AccountEvent {
    public var kind: EventKind {
        switch self {
        case .job(let facts): EventKind(facts.status)
        case .jobProgress: .jobProgress
        case .sampleAdded: .sampleAdded
        case .sampleChanged: .sampleChanged
        case .sampleHidden: .sampleHidden
        case .sampleRestored: .sampleRestored
        case .sampleRemoved: .sampleRemoved
        case .subscriptionChanged: .subscriptionChanged
        case .quotaReached: .quotaReached
        }
    }

    /// JSON, as it is kept and as clients see it: what does not exist is null.
    var payload: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(Facts(event: self)), as: UTF8.self)
        }
    }

    private struct Facts: Encodable {
        let event: AccountEvent

        func encode(to encoder: any Encoder) throws {
            switch event {
            case .job(let facts): try facts.encode(to: encoder)
            case .jobProgress(let facts): try facts.encode(to: encoder)
            case .sampleAdded(let facts), .sampleChanged(let facts), .sampleHidden(let facts),
                .sampleRestored(let facts), .sampleRemoved(let facts):
                try facts.encode(to: encoder)
            case .subscriptionChanged(let facts): try facts.encode(to: encoder)
            case .quotaReached(let facts): try facts.encode(to: encoder)
            }
        }
    }
}

extension AccountEvent.JobFacts {
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(work, forKey: .work)
        try container.encode(status, forKey: .status)
        try container.encode(attempts, forKey: .attempts)
        try container.encode(sample, forKey: .sample)
        try container.encode(error, forKey: .error)
    }
}

extension AccountEvent.ProgressFacts {
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(progress, forKey: .progress)
        try container.encode(note, forKey: .note)
    }
}
