import Foundation
import Logging
import Storage
import StrictJSON
import WaxwingService

/// The way to a server of language models: sends, sends again what may be, and reads JSON, up to its limits.
public struct ModelConnection: Sendable {
    /// Some hundred times what is asked for.
    private static let longestAnswer = 256 << 10
    private static let limits = JSONLimits(bytes: longestAnswer, depth: 16, takesNUL: true)

    private let address: ModelAddress
    private let http: OutboundHTTP
    private let retries: ModelRetries
    private let clock: any WallClock
    private let logger: Logger
    private let pause: @Sendable (Duration) async throws -> Void

    /// - Parameters:
    ///   - http: the one for the operator's own providers, whose policy must allow the address.
    ///   - pause: between two tries.
    public init(
        _ address: ModelAddress, http: OutboundHTTP, retries: ModelRetries = ModelRetries(),
        clock: any WallClock = SystemClock(), logger: Logger,
        pause: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        (self.address, self.http, self.retries) = (address, http, retries)
        (self.clock, self.logger, self.pause) = (clock, logger, pause)
    }

    /// Nil for servers that ask for none.
    var key: String? { address.keyText }

    /// - Parameters:
    ///   - path: below the address, from its `/` on.
    ///   - limit: for all tries.
    func post(
        _ path: String, headers: [(name: String, value: String)], _ body: some Encodable, within limit: Duration
    ) async throws(TextModelFailure) -> JSONObject {
        let url = address.base + path
        let end = ContinuousClock.now + limit
        let bytes = try Self.encoded(body)
        var failures = 0
        while true {
            let left = ContinuousClock.now.duration(to: end)
            guard left > .zero else { throw .timeout }
            do throws(ModelAnswerFailure) {
                return try await attempt(url, headers, bytes, within: min(left, retries.limit))
            } catch {
                failures += 1
                let wait = retries.wait(after: failures, asked: error.retryAfter)
                let isWorthIt = failures < retries.attempts && wait < ContinuousClock.now.duration(to: end)
                guard error.isTransient, isWorthIt else { throw error.failure }
                guard (try? await pause(wait)) != nil else { throw .cancelled }
            }
        }
    }

    private func attempt(
        _ url: String, _ headers: [(name: String, value: String)], _ body: [UInt8], within limit: Duration
    ) async throws(ModelAnswerFailure) -> JSONObject {
        let answer: OutboundAnswer
        do throws(OutboundFailure) {
            answer = try await http.send(try request(url, headers, body, within: limit))
        } catch {
            throw ModelAnswerFailure(error)
        }
        guard answer.isSuccess else {
            // Its status and nothing more: what a stranger writes is for no log.
            logger.notice("language model: no success", metadata: ["status": .stringConvertible(answer.status)])
            throw ModelAnswerFailure(answer, at: clock.now())
        }
        guard answer["Content-Type"]?.lowercased().contains("json") == true else {
            throw ModelAnswerFailure(.malformed("it is not JSON by its type"))
        }
        guard !answer.isCut else { throw ModelAnswerFailure(.malformed("it is too long")) }
        guard let object = JSONObject(reading: answer.body, within: Self.limits) else {
            throw ModelAnswerFailure(.malformed("it is not JSON"))
        }
        return object
    }

    private func request(
        _ url: String, _ headers: [(name: String, value: String)], _ body: [UInt8], within limit: Duration
    ) throws(OutboundFailure) -> OutboundRequest {
        let fields = headers + [("Content-Type", "application/json"), ("Accept", "application/json")]
        do throws(OutboundHeaderProblem) {
            var request = try OutboundRequest(.post, url, headers: fields, body: body)
            (request.limits.total, request.limits.body, request.redirects) = (limit, Self.longestAnswer, 0)
            return request
        } catch {
            throw OutboundFailure(.url(.character))
        }
    }

    private static func encoded(_ body: some Encodable) throws(TextModelFailure) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do { return Array(try encoder.encode(body)) } catch { throw .refused("the prompt cannot be written as JSON") }
    }
}
