import Storage

/// The document of an answer, its root as expected. A success may carry an error all the same: it is thrown.
struct S3Answer {
    let tree: XMLTree

    init(_ body: [UInt8], root: String) throws(S3Failure) {
        do throws(XMLFault) {
            tree = try XMLTree(body)
        } catch {
            throw S3Failure(.unreadable("the document is \(error)"), mayHaveTakenEffect: true)
        }
        if tree.name == "Error" {
            // Sent after the status: the server worked on it for longer than a client waits for a first byte.
            let code = tree["Code"] ?? ""
            let isPlain = (1...64).contains(code.utf8.count) && code.allSatisfy { $0.isASCII && $0.isLetter }
            let isFault = code == "InternalError" || code == "SlowDown" || code == "ServiceUnavailable"
            throw S3Failure(
                .answered(status: isFault ? 500 : 400, code: isPlain ? code : "an error", region: nil),
                mayHaveTakenEffect: true)
        }
        guard tree.name == root else { throw S3Failure(.unreadable("a document '\(root)' was expected")) }
    }

    func text(_ name: String) throws(S3Failure) -> String {
        guard let text = tree[name] else { throw S3Failure(.unreadable("'\(name)' is missing")) }
        return text
    }
}
