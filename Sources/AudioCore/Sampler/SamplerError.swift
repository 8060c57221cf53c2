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
    /// A sound that the device would not play.
    case unfit(file: String, reason: String, remedy: String)
    /// Values of a kit are wrong; all of them are told.
    case unusableKit([KitProblem])
    /// Something of that name is on the card already.
    case exists(path: String)
    /// The card does not take it.
    case cannotWrite(path: String, reason: String)
    /// Bytes needed, and bytes that are free.
    case noSpace(path: String, needed: Int, free: Int)
}

extension SamplerError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .cannotRead(let file, let reason):
            "cannot read \(file) (\(reason)): check that it exists and may be read"
        case .wrongKind(let file, let expected):
            "\(file) is no \(expected): name another, or copy it from the card again"
        case .wrongSize(let file, let bytes, let expected):
            "\(file) has \(bytes) bytes, expected \(expected): copy it from the card again"
        case .damaged(let file, let reason):
            "\(file) is damaged (\(reason)): copy it from the card again"
        case .unfit(_, let reason, let remedy): "\(reason): \(remedy)"
        case .unusableKit(let problems): problems.map(\.description).joined(separator: "\n")
        case .exists(let path): "'\(path)' exists: choose another, or allow it to be replaced"
        case .cannotWrite(let path, let reason): "cannot write '\(path)' (\(reason)): check the card, then try again"
        case .noSpace(let path, let needed, let free):
            "'\(path)' has \(free / 1_000_000) MB free and \(needed / 1_000_000 + 1) MB are needed: make room"
        }
    }
}
