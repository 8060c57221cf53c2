/// Why a `multipart/form-data` body cannot be read.
public enum MultipartError: Error, Equatable, Sendable {
    case notMultipart
    case noBoundary
    /// The body ended in the middle of a part.
    case truncated
    case malformed(String)
    /// More than a form of this service can need.
    case tooMuch(String)
    case missingFile(field: String)
}

extension MultipartError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notMultipart:
            "the body is not multipart/form-data: send the file as a form field, as 'curl -F audio=@loop.wav' does"
        case .noBoundary:
            "the Content-Type names no usable boundary: let the HTTP client set it"
        case .truncated:
            "the body ends in the middle of a part: send it again, whole"
        case .malformed(let what):
            "the multipart body is malformed (\(what)): let the HTTP client build it"
        case .tooMuch(let what):
            "the form has too many or too large \(what): send the file and little else"
        case .missingFile(let field):
            "the form has no file in the field '\(field)': send it as 'curl -F \(field)=@loop.wav' does"
        }
    }
}
