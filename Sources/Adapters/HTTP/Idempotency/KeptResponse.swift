import HTTPTypes
import Hummingbird
import NIOCore
import WaxwingService

/// A failure with the answer that repeats of its request get too.
struct KeptFailure: Error {
    let response: Response
    let cause: any Error
}

extension Response {
    init(_ answer: KeptAnswer) {
        var headers = HTTPFields()
        for field in answer.fields {
            guard let name = HTTPField.Name(field.name) else { continue }
            headers.append(HTTPField(name: name, value: field.value))
        }
        headers[.idempotentReplayed] = "true"
        self.init(
            status: .init(code: answer.status), headers: headers,
            body: .init(byteBuffer: ByteBuffer(bytes: answer.body)))
    }

    /// Nil for one that is too long, or that nobody knows the length of. What outer layers add is added to repeats too.
    func kept() async throws -> (answer: KeptAnswer, same: Response)? {
        guard let length = body.contentLength, length <= KeptAnswer.longest else { return nil }
        let bytes = try await body.collected()
        let fields = headers.filter { $0.name != .contentLength }.map { KeptAnswer.Field($0.name.rawName, $0.value) }
        var same = self
        same.body = .init(byteBuffer: bytes)
        return (KeptAnswer(status: status.code, fields: fields, body: Array(bytes.readableBytesView)), same)
    }
}
