import Foundation

/// Why a sound is on its pad, in words.
struct ChoiceReason: CustomStringConvertible {
    let sound: KitCandidate
    let slot: PadSlot
    let fit: SlotFit
    let frame: KitFrame
    /// How many sounds would have done.
    let choices: Int
    /// Whether none of them is more unlike the sounds chosen before.
    let isLeastLike: Bool
    /// Whether none of them is nearer to the sounds of its role.
    let isMostUsual: Bool

    var description: String {
        [purpose, tempo, harmony.map { "\($0) \(frame.key?.words ?? "")" }, comparison].compactMap(\.self)
            .joined(separator: "; ")
    }

    /// A sound that was given, and put where its like belongs.
    static func given(_ sound: KitCandidate, _ slot: PadSlot) -> String {
        let role = sound.role.map { "\($0.role.words), \(sure($0.confidence))" } ?? "of no known role"
        let length = slot.length.contains(sound.summary.duration) ? "" : "; \(sound.summary.duration.short) s long"
        return "given; \(role)\(length)"
    }

    private var purpose: String {
        let told = sound.role?.role ?? fit.role
        let sure = Self.sure(fit.sureness)
        if told != fit.role { return "perhaps \(fit.role.words), \(sure); more likely \(told.words)" }
        if slot.isLoop { return "\(told.words) loop of \(sound.summary.duration.short) s, \(sure)" }
        return told == slot.roles.first ? "\(told.words), \(sure)" : "\(told.words), \(sure), in place of \(slot.words)"
    }

    private static func sure(_ value: Double) -> String { String(format: "%.2f sure", value) }

    private var tempo: String? {
        guard let tempo = fit.tempo, let bpm = sound.padTempo else { return nil }
        let octave = tempo.beats == 2 ? " at double tempo" : tempo.beats == 0.5 ? " at half tempo" : ""
        guard abs(tempo.percent) >= 0.05 else { return "\(bpm.short) BPM, in time\(octave)" }
        let change = String(format: "%.1f %% ", abs(tempo.percent)) + (tempo.percent > 0 ? "faster" : "slower")
        return "\(bpm.short) BPM, plays \(change)\(octave)"
    }

    private var harmony: String? {
        switch fit.harmony {
        case .keys(.sameKey, _): "in"
        case .keys(let mix, let key) where mix.fits: "\(key.words), \(mix.rawValue) \(mix == .relative ? "of" : "from")"
        case .keys(_, let key): "\(key.words), which does not go with"
        case .noteOfScale: "its note is in"
        case .foreignNote: "its note is not in"
        case .unknown: nil
        }
    }

    private var comparison: String? {
        if choices == 1 { return "the only one" }
        if let likeness = fit.likeness, likeness < 0.8 { return "like the given sound" }
        if fit.kinship != nil { return isMostUsual ? "of \(choices) the most usual" : "one of \(choices)" }
        return isLeastLike ? "of \(choices) the least like the others" : "one of \(choices)"
    }
}

extension Key {
    /// "A minor".
    var words: String { "\(tonic.rawValue) \(scale.rawValue)" }
}

extension Double {
    /// At most two decimals, and no more than needed.
    var short: String {
        let text = String(format: "%.2f", self)
        return text.hasSuffix(".00") ? String(text.dropLast(3)) : text.hasSuffix("0") ? String(text.dropLast()) : text
    }
}
