import Storage

/// The plan books that come with the program.
public enum PlanProfile: String, CaseIterable, Sendable {
    /// One generous plan, no delay: a studio's own server.
    case selfHosted = "self-hosted"
    /// Free, pro and enterprise: a public service. The free lane starts after 12 to 24 hours, in quiet ones. It answers 100
    /// requests a minute of each account, and 20 of each address where nobody need sign in.
    case saas

    public var book: PlanBook {
        get throws(PlanBookError) {
            switch self {
            case .selfHosted:
                try PlanBook(
                    defaultPlan: "unlimited",
                    plans: ["unlimited": Plan(uploadBytes: 1 << 30, lane: "default", etaSeconds: 60)])
            case .saas:
                try PlanBook(
                    defaultPlan: "free",
                    plans: [
                        "free": Plan(
                            uploadBytes: 10 << 20, uploadsPerMonth: 100, analysesPerMonth: 100, storageBytes: 1 << 30,
                            aiPromptsPerDay: 50, stemsMinutesPerMonth: 10, lane: "free", delaySeconds: 12 * 3600,
                            delayUntilSeconds: 24 * 3600, etaSeconds: 18 * 3600, aiModel: "qwen/qwen3-7b"),
                        "pro": Plan(
                            uploadBytes: 50 << 20, uploadsPerMonth: 5_000, analysesPerMonth: 5_000,
                            storageBytes: 50 << 30, aiPromptsPerDay: 500, stemsMinutesPerMonth: 600, lane: "pro",
                            etaSeconds: 300, aiModel: "qwen/qwen3-235b", priceCentsPerMonth: 999),
                        "enterprise": Plan(
                            uploadBytes: 1 << 30, storageBytes: 1 << 40, lane: "pro", etaSeconds: 300,
                            aiModel: "qwen/qwen3-235b", priceCentsPerMonth: 9_900),
                    ],
                    requestLimits: RequestLimits(
                        perAccount: RateLimit(100, per: .seconds(60)), perAddress: RateLimit(20, per: .seconds(60))))
            }
        }
    }
}
