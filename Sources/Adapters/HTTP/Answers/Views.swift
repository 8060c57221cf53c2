import Auth
import Billing
import Jobs
import SampleLibrary
import Storage
import WaxwingService

// What clients see. Keys become snake_case; a value that does not exist is null, never left out.

struct UserView: Described {
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

    private init(example: Void) {
        (id, email, name, role) = (.exampleID, "ada@example.com", "Ada", .user)
        (createdAt, emailVerifiedAt, disabledAt) = (.example, .example, nil)
    }

    static let example = UserView(example: ())
}

struct AccountView: Described {
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
        plan = overview.entitlement.planName
        quota = .init(overview.balances, overview.entitlement)
    }

    private init(example: Void) {
        (id, email, name, role) = (.exampleID, "ada@example.com", "Ada", .user)
        (createdAt, emailVerifiedAt, plan, quota) = (.example, .example, "pro", ["uploads": .example])
    }

    static let example = AccountView(example: ())
}

struct QuotaView: Described {
    let used: Int
    let held: Int
    @ExplicitNull var limit: Int?
    @ExplicitNull var resetsAt: Timestamp?

    init(_ balance: QuotaBalance, limit: Int?) {
        (used, held, self.limit, resetsAt) = (balance.used, balance.held, limit, balance.resetsAt)
    }

    private init(example: Void) {
        (used, held, limit, resetsAt) = (17, 1, 500, .laterExample)
    }

    static let example = QuotaView(example: ())
}

struct TokenView: Described {
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

    private init(example: Void) {
        (accessToken, tokenType, expiresIn) = ("eyJhbGciOiJFUzI1NiJ9.….…", "Bearer", 1800)
        (refreshToken, refreshExpiresIn, user) = ("wxr_…", 604_800, .example)
    }

    static let example = TokenView(example: ())
}

struct AcceptedUploadView: Described {
    let jobID: String
    let status: JobStatus
    let estimatedCompletion: Timestamp
    /// The same under the name that older clients read.
    let eta: Timestamp

    init(_ upload: AcceptedUpload) {
        (jobID, status) = (upload.job.text, .pending)
        (estimatedCompletion, eta) = (upload.estimatedCompletion, upload.estimatedCompletion)
    }

    private init(example: Void) {
        (jobID, status, estimatedCompletion, eta) = (.exampleID, .pending, .laterExample, .laterExample)
    }

    static let example = AcceptedUploadView(example: ())

    private enum CodingKeys: String, CodingKey {
        case jobID = "jobId"
        case status, estimatedCompletion, eta
    }
}

struct ProcessedFileView: Described {
    let audioFeatures: AudioFeaturesView
    let aiAnalysis: VibeView
    /// US dollars, with that of the model.
    let cost: Double
    /// Seconds.
    let processingTime: Double

    init(_ file: ProcessedFile) {
        (audioFeatures, aiAnalysis) = (.measured(file.features), VibeView(file.described))
        (cost, processingTime) = (file.cost.dollars, file.seconds)
    }

    private init(example: Void) {
        (audioFeatures, aiAnalysis, cost, processingTime) = (.example, .example, 0.0011, 1.21)
    }

    static let example = ProcessedFileView(example: ())
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
