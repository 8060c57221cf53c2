import Jobs
import Storage
import WaxwingService

/// Why a try had no success, and whether the same one may have it later.
struct ModelAnswerFailure: Error {
    let failure: TextModelFailure
    let isTransient: Bool
    var retryAfter: Duration?

    init(_ failure: TextModelFailure, isTransient: Bool = false) {
        (self.failure, self.isTransient) = (failure, isTransient)
    }

    init(_ error: OutboundFailure) {
        switch error.reason {
        case .tooSlow: self.init(.timeout, isTransient: true)
        case .cancelled: self.init(.cancelled)
        case .headTooLong, .unreadable: self.init(.malformed("it is not HTTP"))
        default: self.init(.unavailable("no answer"), isTransient: error.mayPass)
        }
    }

    /// - Parameter answer: whose status is no success.
    init(_ answer: OutboundAnswer, at now: Timestamp) {
        let wait = answer["Retry-After"].flatMap { RetryAfter.wait($0, at: now) }
        switch answer.status {
        case 429: self.init(.rateLimited(retryAfter: wait), isTransient: true)
        case 408: self.init(.timeout, isTransient: true)
        case 500...599: self.init(.unavailable("it answered \(answer.status)"), isTransient: true)
        case 401, 402, 403: self.init(.unavailable("it answered \(answer.status): check the key, and what is paid for"))
        case 400..<500: self.init(.refused("it answered \(answer.status)"))
        default: self.init(.malformed("it answered \(answer.status)"))
        }
        retryAfter = wait
    }
}
