/// The head of a sample file of an SP-404SX: a WAV or AIFF whose sound starts at byte 512, 44.1 kHz and 16 bits.
///
/// A chunk of the maker's (`RLND`) fills the room between and says which pad the file is for. Only heads of exactly
/// this layout are read here; ``AudioFile`` reads the sound of others too.
///
/// Source: the same as of ``PadInformation``; compared with heads of WAV and AIFF files that units recorded.
public struct SXSampleFile: Equatable, Sendable {
    /// Bytes before the sound.
    public static let headerSize = 512
    public static let sampleRate = 44_100

    /// Kinds of file that a unit records.
    public enum Format: Int, Sendable, CaseIterable {
        /// As ``PadInformation/Record/Field/format`` has them.
        case aiff, wave

        var order: ByteOrder { self == .wave ? .little : .big }
    }

    public let format: Format
    /// 1 or 2.
    public let channels: Int
    /// Samples per channel, at least 1.
    public let frames: Int
    /// As stored: 0 for A1 … 119 for J12.
    public let padIndex: Int
    /// Bytes behind the sound; units write none.
    public let trailingBytes: Int
    /// Four bytes that are the number 4 in every file seen.
    let unknown: [UInt8]
    /// The rest of the maker's chunk, zeros in every file seen.
    let filler: [UInt8]

    /// A WAV as a unit records it.
    ///
    /// - Parameters:
    ///   - channels: 1 or 2.
    ///   - frames: at least 1, at most what 4 GiB hold.
    ///   - pad: which the file is for.
    /// - Throws: ``SamplerError/damaged(file:reason:)`` for others, and for a pad that an SP-404SX does not have.
    public init(channels: Int, frames: Int, pad: PadAddress) throws(SamplerError) {
        guard let index = pad.indexOnSX else { throw .damaged(file: Self.kind, reason: "there is no pad \(pad)") }
        try Self.check(channels: channels, frames: frames)
        self.init(
            format: .wave, channels: channels, frames: frames, padIndex: index, trailingBytes: 0,
            unknown: [4, 0, 0, 0],
            filler: Array(repeating: 0, count: Layout(.wave).filler.count))
    }

    private init(
        format: Format, channels: Int, frames: Int, padIndex: Int, trailingBytes: Int, unknown: [UInt8], filler: [UInt8]
    ) {
        (self.format, self.channels, self.frames, self.padIndex) = (format, channels, frames, padIndex)
        (self.trailingBytes, self.unknown, self.filler) = (trailingBytes, unknown, filler)
    }

    private static func check(channels: Int, frames: Int) throws(SamplerError) {
        guard (1...2).contains(channels) else { throw .damaged(file: kind, reason: "neither mono nor stereo") }
        let most = (Int(UInt32.max) - headerSize) / (2 * channels)
        guard (1...most).contains(frames) else {
            throw .damaged(file: kind, reason: "\(frames) frames, allowed 1 to \(most)")
        }
    }

    static let kind = "sample of an SP-404SX"

    /// The pad it is for; `nil` for a number that no pad has.
    public var pad: PadAddress? {
        PadAddress.allOnSX.indices.contains(padIndex) ? PadAddress.allOnSX[padIndex] : nil
    }

    /// Length of the whole file.
    public var fileSize: Int { Self.headerSize + soundBytes + trailingBytes }

    var soundBytes: Int { frames * channels * 2 }
}

extension SXSampleFile {
    /// Reads the head.
    ///
    /// - Parameters:
    ///   - head: the first 512 bytes.
    ///   - fileSize: of the whole file.
    /// - Throws: ``SamplerError`` for every head that ``head`` would not give back byte for byte.
    public init(head: [UInt8], fileSize: Int) throws(SamplerError) {
        guard head.count >= Self.headerSize else {
            throw .wrongSize(file: Self.kind, bytes: head.count, expected: "at least 512")
        }
        let head = Array(head.prefix(Self.headerSize))
        guard let format = Format.allCases.first(where: { HeaderBytes(head, .big).has($0.mark, at: 0) }) else {
            throw .wrongKind(file: Self.kind, expected: "WAV or AIFF of an SP-404SX")
        }
        let (input, layout) = (HeaderBytes(head, format.order), Layout(format))
        guard input.u32(at: 4).map(Int.init)?.adding(8) == fileSize else {
            throw .damaged(file: Self.kind, reason: "it is not as long as its head says")
        }
        guard let channels = input.u16(at: layout.channels).map(Int.init),
            let soundBytes = input.u32(at: layout.soundSize).map({ Int($0) - layout.soundLead }),
            let padIndex = input.u32(at: layout.padIndex).map(Int.init)
        else {
            throw .damaged(file: Self.kind, reason: "its head is cut short")
        }
        try Self.check(channels: channels, frames: soundBytes / (2 * channels.clamped(to: 1...2)))
        guard soundBytes <= fileSize - Self.headerSize else {
            throw .damaged(file: Self.kind, reason: "it ends before its sound does")
        }
        self.init(
            format: format, channels: channels, frames: soundBytes / (2 * channels), padIndex: padIndex,
            trailingBytes: fileSize - Self.headerSize - soundBytes, unknown: Array(head[layout.unknown]),
            filler: Array(head[layout.filler]))
        // What is not looked at one by one is compared as a whole.
        guard self.head == head else { throw .wrongKind(file: Self.kind, expected: "head of a sample of an SP-404SX") }
    }
}
