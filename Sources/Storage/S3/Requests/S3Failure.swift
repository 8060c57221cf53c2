import NIOHTTP1
import Storage

/// Why a request did not succeed.
struct S3Failure: Error {
    enum Reason {
        /// S3's name for it (made from the status, where the answer had no body), and the region it named.
        case answered(status: Int, code: String, region: String?)
        /// No answer, or only a part of one.
        case lost(String)
        /// The clock here differs from the server's by so much; positive when it is ahead.
        case clock(ahead: Duration)
        /// The answer is not what S3 says.
        case unreadable(String)
    }

    var reason: Reason
    /// An attempt before this one may have done its work although its answer was lost.
    var mayHaveTakenEffect = false
    var retryAfter: Duration?

    init(_ reason: Reason, mayHaveTakenEffect: Bool = false) {
        (self.reason, self.mayHaveTakenEffect) = (reason, mayHaveTakenEffect)
    }

    var status: Int? {
        if case .answered(let status, _, _) = reason { status } else { nil }
    }

    var code: String? {
        if case .answered(_, let code, _) = reason { code } else { nil }
    }

    /// Another attempt may succeed.
    var isTransient: Bool {
        switch reason {
        case .answered(let status, let code, _):
            [429, 500, 502, 503, 504].contains(status) || Self.transient.contains(code)
        case .lost: true
        case .clock, .unreadable: false
        }
    }

    /// Its request may have done its work all the same.
    var isAmbiguous: Bool {
        switch reason {
        case .answered(let status, _, _): status >= 500 && status != 503
        case .lost, .unreadable: true
        case .clock: false
        }
    }

    private static let transient: Set = [
        "SlowDown", "RequestTimeout", "RequestTimeoutException", "Throttling", "ThrottlingException",
        "TooManyRequests", "RequestLimitExceeded", "InternalError", "ServiceUnavailable", "OperationAborted",
        "ConditionalRequestConflict",
    ]
}

extension S3Failure {
    /// As a caller of the store sees it.
    func error(_ key: ObjectKey?, bucket: String) -> ObjectStoreError {
        switch reason {
        case .lost(let reason): .unavailable(reason)
        case .unreadable(let reason): .unavailable("the answer is not S3's: \(reason)")
        case .clock(let ahead):
            .refused(
                "this machine's clock is \(Self.words(ahead < .zero ? .zero - ahead : ahead)) "
                    + "\(ahead < .zero ? "behind" : "ahead of") the server's: set it")
        case .answered(let status, let code, let region): answered(status, code, region, key, bucket)
        }
    }

    private func answered(
        _ status: Int, _ code: String, _ region: String?, _ key: ObjectKey?, _ bucket: String
    ) -> ObjectStoreError {
        switch (code, key) {
        case ("NoSuchBucket", _): .refused("there is no bucket '\(bucket)': create it, or correct S3_BUCKET")
        case ("NoSuchKey", let key?), ("NotFound", let key?): .notFound(key)
        case ("PreconditionFailed", let key?), ("ConditionalRequestConflict", let key?): .conditionFailed(key)
        case ("SignatureDoesNotMatch", _): .refused("SignatureDoesNotMatch: check the secret access key")
        case ("InvalidAccessKeyId", _): .refused("InvalidAccessKeyId: check the access key ID")
        case ("AccessDenied", _), ("Forbidden", _):
            .refused("\(code): the credentials may not do this in bucket '\(bucket)', or are wrong")
        case ("ExpiredToken", _): .refused("ExpiredToken: the session's credentials are too old")
        case ("MetadataTooLarge", _): .full("the attributes are larger than the server takes: 2 KB on AWS")
        case ("EntityTooLarge", _): .full("the object is larger than the server takes")
        case ("QuotaExceeded", _), ("InsufficientCapacity", _): .full(code)
        case _ where region != nil || (300..<400).contains(status):
            .refused("\(code): the bucket is in region '\(region ?? "another")': correct S3_REGION or S3_ENDPOINT")
        case _ where status == 507: .full(code)
        case _ where isTransient || status >= 500: .unavailable("\(status) \(code)")
        default: .refused("\(status) \(code)")
        }
    }

    private static func words(_ duration: Duration) -> String {
        let seconds = duration.components.seconds
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60)
        return hours > 0 ? "\(hours) h \(minutes) min" : "\(minutes) min \(seconds % 60) s"
    }
}
