import Auth
import Billing
import Logging
import Storage
import StrictJSON

/// Sends single requests to Stripe: signs in, encodes, sends again what may be, reads answers and errors.
struct StripeClient: Sendable {
    /// The last version in which a charge names its invoice, so that a refund can be counted where it belongs without asking.
    ///
    /// Source: https://docs.stripe.com/changelog/basil/2025-03-31/add-support-for-multiple-partial-payments-on-invoices
    static let version = "2025-02-24.acacia"
    /// A page of a hundred invoices with their lines.
    private static let longestAnswer = 8 << 20

    let settings: StripeSettings
    let http: OutboundHTTP
    let retries: StripeRetries
    /// For each attempt.
    let limit: Duration
    let pause: @Sendable (Duration) async throws -> Void
    let logger: Logger

    func get(_ path: String, _ query: StripeParameter = [:]) async throws(PaymentError) -> StripeObject {
        let form = query.form
        return try await send(.get, form.isEmpty ? path : "\(path)?\(form)")
    }

    /// - Parameter key: the same for what is the same request: Stripe does it once.
    func post(
        _ path: String, _ parameters: StripeParameter, once key: RequestKey
    ) async throws(PaymentError) -> StripeObject {
        try await send(.post, path, Array(parameters.form.utf8), once: key)
    }

    /// What is gone stays gone: it needs no key, and a second one is ``PaymentError/notFound``.
    func delete(_ path: String) async throws(PaymentError) -> StripeObject {
        try await send(.delete, path)
    }

    private func send(
        _ method: OutboundRequest.Method, _ path: String, _ body: [UInt8] = [], once key: RequestKey? = nil
    ) async throws(PaymentError) -> StripeObject {
        let request = try request(method, path, body, once: key)
        var failures = 0
        while true {
            do throws(StripeFailure) {
                return try await attempt(request)
            } catch {
                failures += 1
                guard error.isTransient, failures < retries.attempts else { throw error.error }
                let wait = retries.wait(after: failures, asked: error.retryAfter, chance: .random(in: 0...1))
                guard (try? await pause(wait)) != nil else { throw error.error }
            }
        }
    }

    private func attempt(_ request: OutboundRequest) async throws(StripeFailure) -> StripeObject {
        let answer: OutboundAnswer
        do throws(OutboundFailure) {
            answer = try await http.send(request)
        } catch {
            throw StripeFailure(error)
        }
        guard answer.isSuccess else {
            let failure = StripeFailure(answer, hiding: settings.secretKey)
            logger.notice(
                "payment provider: no success",
                metadata: [
                    "status": "\(answer.status)", "code": "\(Self.plain(failure.code))",
                    "request": "\(Self.plain(answer["Request-Id"]))",
                ])
            throw failure
        }
        guard !answer.isCut, let object = JSONObject(reading: answer.body, within: StripeObject.limits) else {
            throw StripeFailure(.unreadable("its answer is not JSON, or too long"))
        }
        return StripeObject(object)
    }

    private func request(
        _ method: OutboundRequest.Method, _ path: String, _ body: [UInt8], once key: RequestKey?
    ) throws(PaymentError) -> OutboundRequest {
        var headers = [
            (name: "Authorization", value: "Bearer \(String(decoding: settings.secretKey.bytes, as: UTF8.self))"),
            (name: "Stripe-Version", value: Self.version), (name: "Accept", value: "application/json"),
        ]
        if method == .post { headers.append(("Content-Type", "application/x-www-form-urlencoded")) }
        if let key { headers.append(("Idempotency-Key", key.text)) }
        do throws(OutboundHeaderProblem) {
            var request = try OutboundRequest(method, settings.apiBase + path, headers: headers, body: body)
            (request.limits.total, request.limits.body, request.redirects) = (limit, Self.longestAnswer, 0)
            return request
        } catch {
            throw .refused("the name of the request is not plain text: use letters, digits and hyphens")
        }
    }

    /// For a log: what a server says is a word, or nothing.
    private static func plain(_ text: String?) -> String {
        guard let text, text.utf8.count <= 64, text.utf8.isVisibleASCII else { return "-" }
        return text
    }
}

extension ProviderReference {
    /// As a part of a path: of what Stripe's names are made of, and nothing that could lead elsewhere.
    var pathPart: String {
        get throws(PaymentError) {
            let isName = text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
            guard isName else { throw .notFound }
            return text
        }
    }
}
