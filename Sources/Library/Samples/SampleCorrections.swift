import AudioCore

/// What an owner knows better than the analysis. It is kept beside what was measured, and shown and searched in its place.
public struct SampleCorrections: Equatable, Sendable {
    /// Tempos that a sample may be given, beats per minute.
    public static let tempos = 20.0...300.0

    /// Beats per minute.
    public var bpm: Double?
    public var key: Key?
    public var role: Role?
    public var kind: SoundKind?

    public init(bpm: Double? = nil, key: Key? = nil, role: Role? = nil, kind: SoundKind? = nil) {
        (self.bpm, self.key, self.role, self.kind) = (bpm, key, role, kind)
    }

    public var isEmpty: Bool { self == SampleCorrections() }
}

extension SampleCorrections: Codable {
    private enum CodingKeys: String, CodingKey {
        case bpm, key, role, kind
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let code = try container.decodeIfPresent(String.self, forKey: .key)
        self.init(
            bpm: try container.decodeIfPresent(Double.self, forKey: .bpm), key: code.flatMap(Key.init(camelot:)),
            role: try container.decodeIfPresent(Role.self, forKey: .role),
            kind: try container.decodeIfPresent(SoundKind.self, forKey: .kind))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(bpm, forKey: .bpm)
        try container.encodeIfPresent(key?.camelot, forKey: .key)
        try container.encodeIfPresent(role, forKey: .role)
        try container.encodeIfPresent(kind, forKey: .kind)
    }
}

extension Key {
    private static let byCode = Dictionary(uniqueKeysWithValues: allCases.map { ($0.camelot, $0) })

    /// By its place on the Camelot wheel, `1A`…`12B`; nil for any other text.
    public init?(camelot code: String) {
        guard let key = Self.byCode[code] else { return nil }
        self = key
    }
}
