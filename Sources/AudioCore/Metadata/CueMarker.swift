/// A place in the sound that somebody has marked.
public struct CueMarker: Equatable, Sendable, Codable {
    /// The frame it stands before, from 0; one that stands at the end has the number of frames.
    public var frame: Int
    /// Frames, if it marks a region; the region lies inside the sound.
    public var length: Int?
    /// Its name.
    public var label: String?
    /// A remark, which may have several lines.
    public var note: String?

    public init(frame: Int, length: Int? = nil, label: String? = nil, note: String? = nil) {
        (self.frame, self.length, self.label, self.note) = (frame, length, label, note)
    }
}

extension CueMarker {
    /// Markers that are taken over from a file.
    static let most = 1_000

    /// The first ``most`` of `markers`, front to back; those at one place stay in the order of the file.
    static func ordered(_ markers: some Sequence<CueMarker>) -> [CueMarker] {
        markers.prefix(most).enumerated()
            .sorted { ($0.element.frame, $0.offset) < ($1.element.frame, $1.offset) }
            .map(\.element)
    }
}
