/// `PADCONF.BIN` of an SP-404MKII project: what every pad plays, and how.
///
/// Ten banks (A–J) of sixteen pads. What is read and written again gives the same bytes: words whose meaning is not
/// known are kept. Cost: 52 kB.
public struct PadConfiguration: Equatable, Sendable {
    public static let banks = 10
    public static let padsPerBank = 16
    static let pads = banks * padsPerBank

    /// Layouts of the file, by the number in its header.
    public enum Version: Int, Sendable, CaseIterable {
        /// 31,488 bytes: no project name, no chops.
        case two = 2
        /// 52,000 bytes.
        case three = 3

        var fileSize: Int { self == .two ? 31_488 : 52_000 }
    }

    public let version: Version
    /// The three words after the mark.
    var header: [UInt32]
    public var settings: ProjectSettings
    /// `nil` in version 2.
    public var name: DeviceText?
    /// Bank A first, 160 of them.
    public var pads: [PadRecord]
    /// 160 names of 24 bytes.
    public var padNames: [DeviceText]
    /// Of each pad 16 chop points (frames, −1 for none) and 16 words of unknown use; empty in version 2.
    public var chops: [[UInt32]]

    /// A project without samples, in the newer layout.
    public init(name: String) {
        version = .three
        header = [UInt32(Self.pads), 0x0300_0000, 0x7A80]
        settings = ProjectSettings()
        self.name = DeviceText(name, length: Self.nameLength)
        pads = Array(repeating: PadRecord(), count: Self.pads)
        padNames = Array(repeating: DeviceText("", length: Self.padNameLength), count: Self.pads)
        chops = Array(repeating: Self.noChops, count: Self.pads)
    }

    static let nameLength = 32
    static let padNameLength = 24
    static let chopPoints = 16
    private static let chopWords = 32
    private static let noChops =
        Array(repeating: UInt32.max, count: chopPoints) + Array(repeating: 0, count: chopPoints)
}

extension PadConfiguration {
    private static let mark: StaticString = "RFPD"
    static let fileName = "PADCONF.BIN"
    private static let versionPlace = 8
    private static let sizes = "31,488 (version 2) or 52,000 (version 3)"

    /// - Throws: ``SamplerError`` for another kind of file, another length or an unknown version.
    public init(_ bytes: [UInt8]) throws(SamplerError) {
        let input = HeaderBytes(bytes, .big)
        guard input.has(Self.mark, at: 0) else {
            throw .wrongKind(file: Self.fileName, expected: "pad configuration of an SP-404MKII")
        }
        guard let number = input.u8(at: Self.versionPlace) else {
            throw .wrongSize(file: Self.fileName, bytes: bytes.count, expected: Self.sizes)
        }
        guard let version = Version(rawValue: Int(number)) else {
            throw .wrongKind(file: Self.fileName, expected: "pad configuration of version 2 or 3 (it says \(number))")
        }
        guard bytes.count == version.fileSize else {
            throw .wrongSize(file: Self.fileName, bytes: bytes.count, expected: Self.sizes)
        }
        var reader = WordReader(input, from: 4)
        header = reader.words(3)
        self.version = version
        settings = ProjectSettings(words: reader.words(ProjectSettings.wordCount))
        name = version == .three ? DeviceText(bytes: reader.bytes(Self.nameLength)) : nil
        pads = (0..<Self.pads).map { _ in PadRecord(words: reader.words(PadRecord.wordCount)) }
        padNames = (0..<Self.pads).map { _ in DeviceText(bytes: reader.bytes(Self.padNameLength)) }
        chops = version == .three ? (0..<Self.pads).map { _ in reader.words(Self.chopWords) } : []
    }

    /// The file.
    public var bytes: [UInt8] {
        var file = BigEndianWriter()
        file.append(Self.mark)
        file.append(header)
        file.append(settings.words)
        if let name { file.append(name.bytes) }
        for pad in pads { file.append(pad.words) }
        for name in padNames { file.append(name.bytes) }
        for points in chops { file.append(points) }
        return file.bytes
    }
}

/// Takes numbers from a file whose length has been checked.
private struct WordReader {
    private let input: HeaderBytes
    private var offset: Int

    init(_ input: HeaderBytes, from offset: Int) { (self.input, self.offset) = (input, offset) }

    mutating func words(_ count: Int) -> [UInt32] {
        defer { offset += 4 * count }
        return (0..<count).map { input.u32(at: offset + 4 * $0) ?? 0 }
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        defer { offset += count }
        return input.slice(offset..<offset + count).map(Array.init) ?? []
    }
}
