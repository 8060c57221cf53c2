import SampleLibrary
import StrictJSON

extension VibeWords {
    /// Longer answers are not looked at.
    private static let longestAnswer = 16 << 10
    private static let limits = JSONLimits(depth: 16, values: 256, takesNUL: true)

    /// What a model has answered, where it is what was asked for: one JSON object with exactly the three members, of their types and
    /// lengths. A fence of Markdown around it is taken off, as models put it there whatever they are told.
    init?(answer: String) {
        guard answer.utf8.count <= Self.longestAnswer,
            let object = JSONObject(reading: Array(Self.unfenced(answer).utf8), within: Self.limits),
            Set(object.names) == ["vibe", "genre", "tags"],
            case .string(let vibe)? = object["vibe"], case .array(let list)? = object["tags"]
        else { return nil }
        let tags = list.compactMap(\.string)
        guard tags.count == list.count else { return nil }
        switch object["genre"] {
        case .string(let genre)?: self.init(vibe: vibe, genre: genre, tags: tags)
        case .null?: self.init(vibe: vibe, genre: nil, tags: tags)
        default: return nil
        }
    }

    private static func unfenced(_ text: String) -> Substring {
        let text = text.trimmed
        guard text.hasPrefix("```"), text.hasSuffix("```"), text.utf8.count > 6, let line = text.firstIndex(of: "\n")
        else {
            return text
        }
        return text[line...].dropLast(3)
    }
}

extension String {
    fileprivate var trimmed: Substring {
        let start = drop(while: \.isWhitespace)
        return start.lastIndex { !$0.isWhitespace }.map { start[...$0] } ?? start
    }
}
