/// Names common files that are refused, so that the message can say more than "no audio".
enum RefusedFormat {
    /// What `head` is, if it is one of the formats people send most; `nil` for anything else.
    static func name(_ head: HeaderBytes) -> String? {
        if head.has("ftyp", at: 4) { return "MPEG-4 of this brand" }
        if head.has("OggS", at: 0) { return "this Ogg codec" }
        return magics.first { head.has($0.0, at: 0) }?.1
    }

    private static let magics: [(StaticString, String)] = [
        ("caff", "Core Audio Format (CAF)"), (".snd", "Sun audio (AU)"), ("riff", "Wave64"),
        ("Creative Voice File", "Creative Voice (VOC)"), ("wvpk", "WavPack"), ("MAC ", "Monkey's Audio"),
        ("MThd", "MIDI"), ("DSD ", "DSD"), ("#!AMR", "AMR"), ("\u{1A}E", "Matroska or WebM"),
    ]
}
