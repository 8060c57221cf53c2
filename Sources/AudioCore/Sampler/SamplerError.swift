/// Why a file of a sampler cannot be read, or a kit not written.
public enum SamplerError: Error, Equatable, Sendable {
    /// The file is not there or may not be read.
    case cannotRead(file: String, reason: String)
    /// The first bytes are another file's.
    case wrongKind(file: String, expected: String)
    /// The file does not have the length its kind has.
    case wrongSize(file: String, bytes: Int, expected: String)
    /// The content contradicts itself.
    case damaged(file: String, reason: String)
}

extension SamplerError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .cannotRead(let file, let reason):
            "cannot read \(file) (\(reason)): check that it exists and may be read"
        case .wrongKind(let file, let expected):
            "\(file) is no \(expected): its first bytes are others"
        case .wrongSize(let file, let bytes, let expected):
            "\(file) has \(bytes) bytes, expected \(expected): copy it from the card again"
        case .damaged(let file, let reason):
            "\(file) is damaged (\(reason)): copy it from the card again"
        }
    }
}
