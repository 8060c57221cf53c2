import AudioCore
import SampleLibrary
import Storage

/// What is to be changed of a sample, as it comes from outside.
public struct SampleChange: Equatable, Sendable {
    /// A correction: left alone, taken back, or made.
    public enum Field<Value: Equatable & Sendable>: Equatable, Sendable {
        case kept
        case none
        case set(Value)
    }

    public var filename: String?
    public var tags: [String]?
    public var bpm: Field<Double> = .kept
    public var key: Field<String> = .kept
    public var role: Field<String> = .kept
    public var kind: Field<String> = .kept

    public init() {}
}

extension SampleChange {
    /// A name that is fit to be shown; nil where it is not changed.
    func checkedFilename() throws(ServiceError) -> String? {
        guard let filename else { return nil }
        guard FileName.cleaned(filename, format: "") == filename else {
            throw .invalid(
                field: "filename",
                "'filename' is 1 to 255 bytes, without slashes, control characters, and spaces before it")
        }
        return filename
    }

    /// Nil where they are not changed.
    func checkedTags() throws(ServiceError) -> Set<SampleTag>? {
        guard let tags else { return nil }
        return try SampleTag.checked(tags)
    }

    /// - Throws: ``ServiceError`` `.invalid` naming the first field that cannot be.
    func check() throws(ServiceError) {
        var corrections = SampleCorrections()
        try correct(&corrections)
        _ = (try checkedFilename(), try checkedTags())
    }

    func correct(_ corrections: inout SampleCorrections) throws(ServiceError) {
        let tempos = SampleCorrections.tempos
        corrections.bpm = try bpm.applied(to: corrections.bpm) {
            tempos.contains($0) ? $0 : nil
        } orInvalid: {
            ("bpm", "'bpm' is \(Int(tempos.lowerBound)) to \(Int(tempos.upperBound)) beats per minute, or null")
        }
        corrections.key = try key.applied(to: corrections.key, Key.init(asked:)) {
            ("key", "'key' is a place on the Camelot wheel, as '8A', or a name, as 'A minor', or null")
        }
        corrections.role = try role.applied(to: corrections.role, Role.init(rawValue:)) {
            ("role", "'role' is one of \(Role.allCases.map(\.rawValue).joined(separator: ", ")), or null")
        }
        corrections.kind = try kind.applied(to: corrections.kind, SoundKind.init(rawValue:)) {
            ("kind", "'kind' is one of \(SoundKind.allCases.map(\.rawValue).joined(separator: ", ")), or null")
        }
    }
}

extension SampleChange.Field {
    fileprivate func applied<Result>(
        to present: Result?, _ make: (Value) -> Result?, orInvalid reason: () -> (field: String, text: String)
    ) throws(ServiceError) -> Result? {
        switch self {
        case .kept: return present
        case .none: return nil
        case .set(let value):
            guard let result = make(value) else { throw .invalid(field: reason().field, reason().text) }
            return result
        }
    }
}

extension SampleTag {
    /// Tags that came from outside.
    ///
    /// - Throws: ``ServiceError`` `.invalid`.
    static func checked(_ texts: [String]) throws(ServiceError) -> Set<SampleTag> {
        let tags = texts.compactMap { SampleTag($0) }
        guard tags.count == texts.count, tags.count <= SampleCatalog.mostTags else {
            throw .invalid(
                field: "tags",
                "'tags' are at most \(SampleCatalog.mostTags) texts of 1 to \(longest) bytes, without control characters"
            )
        }
        return Set(tags)
    }
}
