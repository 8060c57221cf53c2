/// What the library refuses.
public enum LibraryError: Error, Equatable, Sendable {
    /// There is no such thing of this owner's.
    case notFound(String)
    /// Empty, too long, or with control characters.
    case invalidName
    case tooManyTags(Int)
    case tooMany(Int, allowed: Int)
    /// Collections or folders in each other beyond the limit.
    case tooDeep
    /// A collection or folder cannot be moved into itself.
    case insideItself
    /// A folder of that name is there already.
    case nameTaken
    /// The same sound is in the profile already, as this song.
    case sameSong(SongID)
    /// A collection with rules is not filled by hand.
    case hasRules
    /// What a kit or pad says is nothing a sampler takes; with what to do about it.
    case unfitKit(String)
}

extension LibraryError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notFound(let what): "no such \(what): list what there is"
        case .invalidName:
            "the name does not fit: use 1 to \(DisplayName.longest) bytes, no control characters"
        case .tooManyTags(let count): "\(count) tags: a sample has at most \(SampleCatalog.mostTags)"
        case .tooMany(let count, let allowed): "\(count) at once: at most \(allowed) are taken, send the rest after"
        case .tooDeep: "that is deeper than \(SampleCollection.deepest) levels: put it higher up"
        case .insideItself: "it cannot be put into itself: choose a place outside of it"
        case .nameTaken: "there is one of that name: choose another"
        case .sameSong(let id): "the same sound is there already: use song \(id)"
        case .hasRules: "the collection fills itself by its rules: change those, or take them away"
        case .unfitKit(let problem): "the kit does not fit: \(problem)"
        }
    }
}
