import AudioCore

/// What may be kept as a file, told by its first bytes, and how large it may be.
enum FileKind: String, CaseIterable, Sendable {
    case jpeg, png, heic
    case mp3, wav, flac
    case mp4, quicktime
    case pdf, docx

    /// First bytes that ``init(head:)`` needs.
    static let headLength = 4096

    /// What the object is served as: chosen from this list, never taken from the client.
    var contentType: String {
        switch self {
        case .jpeg: "image/jpeg"
        case .png: "image/png"
        case .heic: "image/heic"
        case .mp3: "audio/mpeg"
        case .wav: "audio/wav"
        case .flac: "audio/flac"
        case .mp4: "video/mp4"
        case .quicktime: "video/quicktime"
        case .pdf: "application/pdf"
        case .docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        }
    }

    /// Bytes.
    var largest: Int {
        switch self {
        case .jpeg, .png, .heic, .pdf, .docx: 10_000_000
        case .mp3, .wav, .flac, .mp4, .quicktime: 50_000_000
        }
    }

    static let largest = allCases.map(\.largest).max() ?? 0
    static let names = "JPEG, PNG, HEIC, MP3, WAV, FLAC, MP4, QuickTime, PDF or DOCX"

    /// Nil for anything else.
    init?(head: [UInt8]) {
        switch AudioFormat.sniff(head) {
        case .wav: self = .wav
        case .flac: self = .flac
        case .mp3: self = .mp3
        case .aiff, .ogg, .opus, .aac, .m4a, nil:
            guard let kind = Self.other(head) else { return nil }
            self = kind
        }
    }

    private static func other(_ head: [UInt8]) -> FileKind? {
        if head.starts(with: [0xFF, 0xD8, 0xFF]) { return .jpeg }
        if head.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return .png }
        if head.starts(with: Array("%PDF-".utf8)) { return .pdf }
        if isWord(head) { return .docx }
        guard head.count >= 12, head[4..<8].elementsEqual("ftyp".utf8) else { return nil }
        return switch String(decoding: head[8..<12], as: UTF8.self) {
        case "heic", "heix", "heim", "heis", "mif1": .heic
        case "qt  ": .quicktime
        case "isom", "iso2", "iso4", "iso5", "iso6", "mp41", "mp42", "avc1", "M4V ", "MSNV", "dash": .mp4
        default: nil
        }
    }

    /// A ZIP archive with parts of Word among the first ones (ECMA-376 part 2): programs write them in any order, and other
    /// documents of Office differ by these names alone.
    private static func isWord(_ head: [UInt8]) -> Bool {
        let (mark, word) = ([0x50, 0x4B, 3, 4] as [UInt8], Array("word/".utf8))
        guard head.starts(with: mark) else { return false }
        return head.indices.contains { start in
            head[start...].starts(with: mark) && head[start...].dropFirst(30).starts(with: word)
        }
    }
}
