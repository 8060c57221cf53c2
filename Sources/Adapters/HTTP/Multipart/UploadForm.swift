import HTTPTypes
import Hummingbird
import NIOCore
import Storage
import WaxwingService

/// A form with one file, as an upload sends it.
struct UploadForm {
    let filename: String?
    /// The file's bytes. Its end is reached only when the rest of the form was read and found whole.
    let body: ByteStream
    /// What the form says beside the file, before or after it: whole when the body's end is reached.
    let fields: FormFields
    /// Bytes of the file if nothing but the closing boundary follows it; nil when the request has no Content-Length.
    let expectedSize: Int?

    /// Reads up to the file.
    ///
    /// - Parameters:
    ///   - field: the name of the file's field.
    ///   - names: of the fields to keep; others are passed over.
    init(_ request: Request, file field: String, keeping names: Set<String> = []) async throws {
        if let coding = request.headers[.contentEncoding], coding.lowercased() != "identity" {
            throw ServiceError.unsupportedMedia("the body is compressed (\(coding)): send it as it is")
        }
        let type = HeaderParameters(request.headers[.contentType] ?? "")
        guard type.value.lowercased() == "multipart/form-data" else { throw MultipartError.notMultipart }
        guard let boundary = type["boundary"], (1...70).contains(boundary.utf8.count) else {
            throw MultipartError.noBoundary
        }
        let reader = MultipartReader(ByteStream(request.body), boundary: boundary)
        let fields = FormFields(names)
        self.fields = fields
        var part = try await reader.nextPart()
        while let other = part, other.name != field || other.filename == nil {
            try await fields.read(other, from: reader)
            part = try await reader.nextPart()
        }
        guard let part else { throw MultipartError.missingFile(field: field) }
        filename = part.filename
        let position = await reader.position
        expectedSize = request.headers[.contentLength].flatMap(Int.init).flatMap { length in
            let size = length - position - "\r\n--\(boundary)--\r\n".utf8.count
            return size > 0 ? size : nil
        }
        body = ByteStream(pull: {
            if let chunk = try await reader.nextChunk() { return chunk }
            while let part = try await reader.nextPart() {
                // One of them would be lost without a word.
                if part.name == field, part.filename != nil { throw MultipartError.tooMuch("files") }
                try await fields.read(part, from: reader)
            }
            try await reader.passEpilogue()
            return nil
        })
    }
}
