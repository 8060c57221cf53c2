extension SoundTraits {
    /// `A driving, bright drum loop in A minor at 128 BPM.`
    var sentence: String {
        let words = [mood, length, brightness, texture, density, dynamics].compactMap { $0 }.prefix(2)
        let start = ([words.joined(separator: ", "), noun].filter { !$0.isEmpty }).joined(separator: " ")
        let isVowel = "aeiou".contains(start.first ?? "x") && !start.hasPrefix("one")
        let article = isVowel ? "An" : "A"
        let place = key.map { " in \($0.tonic.rawValue) \($0.scale.rawValue)" } ?? ""
        let tempo = bpm.map { " at \(Int(exactly: $0.rounded()) ?? 0) BPM" } ?? ""
        return "\(article) \(start)\(place)\(tempo)."
    }

    private var noun: String {
        switch (role, kind) {
        case (.drums?, .loop), (.drums?, .song): "drum loop"
        case (.drums?, .oneShot): "drum fill"
        case (.fx?, .loop): "effect loop"
        case (.fx?, _): "effect"
        case (.bass?, .oneShot): "bass note"
        case (.melodic?, .oneShot): isPitched ? "note" : "chord or stab"
        case (.vocal?, .oneShot): "vocal shot"
        case (.percussion?, .oneShot): "percussion hit"
        case (.closedHat?, _): "closed hi-hat"
        case (.openHat?, _): "open hi-hat"
        case (let role?, .loop): "\(role.rawValue) loop"
        case (let role?, _): role.rawValue
        case (nil, .loop): "loop"
        case (nil, .song): "song"
        case (nil, .oneShot): isPitched ? "note" : "one-shot"
        }
    }
}
