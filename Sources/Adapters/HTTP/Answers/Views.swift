import AudioCore
import Auth
import Billing
import Jobs
import SampleLibrary
import Storage
import WaxwingService

// What clients see. Keys become snake_case; a value that does not exist is null, never left out.

struct UserView: Encodable, Sendable {
    let id: String
    let email: String
    @ExplicitNull var name: String?
    let role: Auth.Role
    let createdAt: Timestamp
    @ExplicitNull var emailVerifiedAt: Timestamp?
    @ExplicitNull var disabledAt: Timestamp?

    init(_ user: User) {
        (id, email, name, role) = (user.id.text, user.email.description, user.name?.text, user.role)
        (createdAt, emailVerifiedAt, disabledAt) = (user.createdAt, user.emailVerifiedAt, user.disabledAt)
    }
}

struct AccountView: Encodable, Sendable {
    let id: String
    let email: String
    @ExplicitNull var name: String?
    let role: Auth.Role
    let createdAt: Timestamp
    @ExplicitNull var emailVerifiedAt: Timestamp?
    let plan: String
    /// By unit: how much is used and held, and what the plan allows.
    let quota: [String: QuotaView]

    init(_ overview: AccountOverview) {
        let user = overview.user
        (id, email, name, role) = (user.id.text, user.email.description, user.name?.text, user.role)
        (createdAt, emailVerifiedAt) = (user.createdAt, user.emailVerifiedAt)
        plan = overview.planName
        quota = Dictionary(
            overview.balances.map { ($0.unit.rawValue, QuotaView($0, limit: $0.unit.limit(in: overview.plan))) }
        ) { first, _ in first }
    }
}

struct QuotaView: Encodable, Sendable {
    let used: Int
    let held: Int
    @ExplicitNull var limit: Int?
    @ExplicitNull var resetsAt: Timestamp?

    init(_ balance: QuotaBalance, limit: Int?) {
        (used, held, self.limit, resetsAt) = (balance.used, balance.held, limit, balance.resetsAt)
    }
}

struct TokenView: Encodable, Sendable {
    let accessToken: String
    let tokenType: String
    /// Seconds.
    let expiresIn: Int64
    let refreshToken: String
    /// Seconds.
    let refreshExpiresIn: Int64
    let user: UserView

    init(_ pair: TokenPair) {
        (accessToken, tokenType, expiresIn) = (pair.access, "Bearer", pair.accessLife.components.seconds)
        (refreshToken, refreshExpiresIn) = (pair.refresh.text, pair.refreshLife.components.seconds)
        user = UserView(pair.user)
    }
}

struct AcceptedUploadView: Encodable, Sendable {
    let jobID: String
    let status: JobStatus
    let estimatedCompletion: Timestamp
    /// The same under the name that older clients read.
    let eta: Timestamp

    init(_ upload: AcceptedUpload) {
        (jobID, status) = (upload.job.text, .pending)
        (estimatedCompletion, eta) = (upload.estimatedCompletion, upload.estimatedCompletion)
    }

    private enum CodingKeys: String, CodingKey {
        case jobID = "jobId"
        case status, estimatedCompletion, eta
    }
}

struct JobView: Encodable, Sendable {
    let id: String
    let status: JobStatus
    @ExplicitNull var sampleId: String?
    @ExplicitNull var error: String?
    let attempts: Int
    let createdAt: Timestamp
    @ExplicitNull var startedAt: Timestamp?
    @ExplicitNull var completedAt: Timestamp?

    init(_ job: JobReport) {
        (id, status, sampleId, error) = (job.id.text, job.status, job.sample?.text, job.error)
        (attempts, createdAt, startedAt, completedAt) = (job.attempts, job.createdAt, job.startedAt, job.completedAt)
    }
}

struct SampleView: Encodable, Sendable {
    let id: String
    let filename: String
    let contentType: String
    let size: Int
    let duration: Double
    let sampleRate: Int
    let fileUrl: String
    let createdAt: Timestamp
    let audioFeatures: AudioFeatures
    @ExplicitNull var aiAnalysis: String?

    init(_ item: AnalyzedSample) {
        let sample = item.sample
        (id, filename, contentType, size) = (sample.id.text, sample.filename, sample.contentType, sample.size)
        (duration, sampleRate) = (item.features.duration, item.features.sampleRate)
        (fileUrl, createdAt) = ("/api/samples/\(sample.id)/audio", sample.createdAt)
        audioFeatures = item.features
    }
}

struct ProcessedFileView: Encodable, Sendable {
    let audioFeatures: AudioFeatures
    @ExplicitNull var aiAnalysis: String?
    /// US dollars.
    let cost: Double
    /// Seconds.
    let processingTime: Double

    init(_ file: ProcessedFile) {
        (audioFeatures, cost, processingTime) = (file.features, file.cost.dollars, file.seconds)
    }
}

/// An optional whose absence is written as `null`.
@propertyWrapper
struct ExplicitNull<Value: Encodable & Sendable>: Encodable, Sendable {
    var wrappedValue: Value?

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let wrappedValue { try container.encode(wrappedValue) } else { try container.encodeNil() }
    }
}
