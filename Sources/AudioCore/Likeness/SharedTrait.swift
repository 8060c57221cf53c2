/// Something two sounds have in common, in words for people.
public enum SharedTrait: Equatable, Sendable {
    case sameNote(PitchClass)
    case sameKey(Key)
    case sameTempo(Double)
    /// Double or half.
    case tempoAnOctaveApart
    case similarAttackAndColor
    case similarSpectrum
    case similarEnvelope
    case similarTexture
    case similarRhythm
    case bothShort
    case sameLength
}

extension SharedTrait: CustomStringConvertible {
    public var description: String {
        switch self {
        case .sameNote(let note): "same note (\(note.rawValue))"
        case .sameKey(let key): "same key (\(key.tonic.rawValue) \(key.scale.rawValue))"
        case .sameTempo(let bpm): "same tempo (\(Int(bpm.rounded())))"
        case .tempoAnOctaveApart: "half or double tempo"
        case .similarAttackAndColor: "similar attack and colour"
        case .similarSpectrum: "similar spectrum"
        case .similarEnvelope: "similar envelope"
        case .similarTexture: "similar texture"
        case .similarRhythm: "similar rhythm"
        case .bothShort: "both short"
        case .sameLength: "same length"
        }
    }
}

extension SoundSummary {
    /// What this sound and another share, the most telling first.
    ///
    /// Similar is what is nearer than half of what two sounds picked at random are.
    public func shared(with other: SoundSummary) -> [SharedTrait] {
        notesShared(with: other) + soundShared(with: other) + timeShared(with: other)
    }

    private func notesShared(with other: SoundSummary) -> [SharedTrait] {
        if let key, key == other.key { return [.sameKey(key)] }
        guard let note, let otherNote = other.note, (note - otherNote) % 12 == 0 else { return [] }
        return [.sameNote(PitchClass.allCases[(note % 12 + 12) % 12])]
    }

    private func soundShared(with other: SoundSummary) -> [SharedTrait] {
        guard let vector, let otherVector = other.vector, vector.version == otherVector.version else { return [] }
        let areLong = kind != .oneShot && other.kind != .oneShot
        let sections: [(SimilarityVector.Section, SharedTrait)] = [
            (.onset, .similarAttackAndColor), (.spectrum, .similarSpectrum), (.envelope, .similarEnvelope),
            (.texture, .similarTexture), (.rhythm, .similarRhythm),
        ]
        return sections.compactMap { section, trait in
            guard section != .rhythm || areLong else { return nil }
            return vector.distance(to: otherVector, in: section) < 0.7 ? trait : nil
        }
    }

    private func timeShared(with other: SoundSummary) -> [SharedTrait] {
        var traits: [SharedTrait] = []
        if let bpm, let otherBPM = other.bpm {
            if abs(bpm / otherBPM - 1) < 0.01 { traits.append(.sameTempo(bpm)) }
            if [0.5, 2].contains(where: { abs(bpm / otherBPM / $0 - 1) < 0.01 }) { traits.append(.tempoAnOctaveApart) }
        }
        if max(duration, other.duration) < 0.5 {
            traits.append(.bothShort)
        } else if abs(duration - other.duration) < 0.02 * max(duration, other.duration) {
            traits.append(.sameLength)
        }
        return traits
    }
}
