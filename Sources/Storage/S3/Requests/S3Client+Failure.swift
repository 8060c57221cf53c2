import NIOHTTP1
import Storage

extension S3Client {
    /// A refusal says why in its body; to a HEAD there is none.
    func failure(_ status: Int, _ headers: HTTPHeaders, _ body: AnswerBody) async -> S3Failure {
        let bytes = (try? await body.collected(atMost: 64 << 10)) ?? []
        let tree = try? XMLTree(bytes)
        let code = (tree?["Code"]).flatMap(Self.name) ?? Self.code(status)
        if status == 403, code != "AccessDenied" || tree == nil,
            let there = headers.first(name: "Date").flatMap(Timestamp.init(httpDate:))
        {
            let ahead = clock.now() - there
            if code == "RequestTimeTooSkewed" || ahead > .seconds(900) || ahead < .seconds(-900) {
                return S3Failure(.clock(ahead: ahead))
            }
        }
        let region =
            (tree?["Region"]).flatMap(Self.name) ?? headers.first(name: "x-amz-bucket-region").flatMap(Self.name)
        let isElsewhere = (300..<400).contains(status) || code == "AuthorizationHeaderMalformed"
        var failure = S3Failure(.answered(status: status, code: code, region: isElsewhere ? region : nil))
        failure.retryAfter = headers.first(name: "Retry-After").flatMap(Int.init).map {
            .seconds(min(max($0, 0), 3600))
        }
        return failure
    }

    private static func code(_ status: Int) -> String {
        switch status {
        case 403: "Forbidden"
        case 404: "NotFound"
        case 412: "PreconditionFailed"
        case 503: "ServiceUnavailable"
        default: "HTTP status"
        }
    }

    /// What a server calls a thing goes into messages only if it looks like a name.
    private static func name(_ text: String) -> String? {
        let isName =
            (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D
            }
        return isName ? text : nil
    }
}
