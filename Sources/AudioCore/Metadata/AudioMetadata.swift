/// What a file says about itself in words: a claim, kept apart from what is measured.
///
/// All text is valid, cleaned (<doc:Metadata> has the rules) and bounded: at most 1,000 Unicode scalars, 4,000 in
/// comments. What is absent, empty or cannot be read is `nil`.
public struct AudioMetadata: Equatable, Sendable, Codable {
    public var title: String?
    /// Several are joined by `; `.
    public var artist: String?
    public var album: String?
    /// Several are joined by `; `; numbers of ID3 are put into words.
    public var genre: String?
    /// The one text that may have several lines.
    public var comment: String?
    /// As written: `2024`, `2024-05-01`, or anything else.
    public var date: String?
    public var copyright: String?
    /// The program that wrote the file, or its encoder.
    public var software: String?
    /// International Standard Recording Code, as written.
    public var isrc: String?
    /// Beats per minute, 20…999, as a tag says; that of loops is in ``EmbeddedLoopInfo``.
    public var bpm: Double?
    /// As a tag says: `Am`, `8A`, `F# minor` or anything else.
    public var key: String?
    /// Places in the sound, front to back; at most 1,000.
    public var markers: [CueMarker] = []
    /// From a Broadcast Wave File.
    public var broadcast: BroadcastExtension?

    public init() {}
}

extension AudioMetadata {
    /// `nil` if the file says nothing at all.
    var ifAny: AudioMetadata? { self == AudioMetadata() ? nil : self }

    /// With what `other` knows where this knows nothing.
    func filled(from other: AudioMetadata?) -> AudioMetadata {
        guard let other else { return self }
        var all = self
        for text in [
            \AudioMetadata.title, \.artist, \.album, \.genre, \.comment, \.date, \.copyright, \.software, \.isrc, \.key,
        ] { all[keyPath: text] = self[keyPath: text] ?? other[keyPath: text] }
        all.bpm = bpm ?? other.bpm
        all.broadcast = broadcast ?? other.broadcast
        if markers.isEmpty { all.markers = other.markers }
        return all
    }
}

extension AudioMetadata {
    /// What `source` says, and the ID3 tags around formats that have them for what that leaves open.
    static func of(_ source: any FrameSource, _ file: InputFile) -> AudioMetadata? {
        guard [.mp3, .flac, .aac].contains(source.stream.format) else { return source.metadata }
        return (source.metadata ?? AudioMetadata())
            .filled(from: ID3Reader.read(TagInput(file).all)).filled(from: ID3v1.read(file)).ifAny
    }
}
