/// What a file says about itself in words; every format that is written keeps it.
public struct AudioText: Equatable, Sendable {
    public var title: String?
    public var artist: String?
    public var comment: String?

    public init(title: String? = nil, artist: String? = nil, comment: String? = nil) {
        (self.title, self.artist, self.comment) = (title, artist, comment)
    }
}
