/// The head of an `SMP` file of an SP-404MKII: 512 bytes, then 16-bit samples, interleaved, the high byte first.
///
/// Only 48 kHz with one or two channels is played by the unit.
public struct SampleFile: Equatable, Sendable {
    /// Bytes before the samples.
    public static let headerSize = 512
    public static let sampleRate = 48_000

    /// 1 or 2.
    public let channels: Int
    /// Samples per channel.
    public let frames: Int
    /// Bytes 0x14 to 0x1F, which are 0 in every file seen.
    let reserved: [UInt8]
    /// Bytes 0x30 to 0x1FF, of no known use.
    let filler: [UInt8]

    /// - Parameters:
    ///   - channels: 1 or 2.
    ///   - frames: at least 1; 16 minutes at most.
    /// - Throws: ``SamplerError/damaged(file:reason:)`` for others.
    public init(channels: Int, frames: Int) throws(SamplerError) {
        guard (1...2).contains(channels) else {
            throw .damaged(file: Self.kind, reason: "\(channels) channels, allowed 1 or 2")
        }
        guard (1...Self.mostFrames).contains(frames) else {
            throw .damaged(file: Self.kind, reason: "\(frames) frames, allowed 1 to \(Self.mostFrames)")
        }
        (self.channels, self.frames) = (channels, frames)
        reserved = Array(repeating: 0, count: Self.sumStart - Self.reservedStart)
        filler = Array(repeating: 0, count: Self.headerSize - Self.fillerStart)
    }

    /// Sixteen minutes.
    public static let mostFrames = DeviceSound.mostSeconds * sampleRate
    static let kind = "SMP file"
    private static let mark: StaticString = "RFWV"
    private static let reservedStart = 0x14
    private static let sumStart = 0x20
    private static let fillerStart = 0x30
    private static let bits = 16

    /// Length of the whole file.
    public var fileSize: Int { Self.headerSize + frames * channels * 2 }
}

extension SampleFile {
    /// Reads the head.
    ///
    /// - Parameters:
    ///   - head: the first 512 bytes.
    ///   - fileSize: of the whole file.
    /// - Throws: ``SamplerError`` where mark, length, rate, channels, bits or checksum are not what the unit takes.
    public init(head: [UInt8], fileSize: Int) throws(SamplerError) {
        let input = HeaderBytes(head, .big)
        guard input.has(Self.mark, at: 0) else {
            throw .wrongKind(file: Self.kind, expected: "sample of an SP-404MKII")
        }
        guard let summed = input.slice(4..<Self.reservedStart),
            let reserved = input.slice(Self.reservedStart..<Self.sumStart),
            let sum = input.slice(Self.sumStart..<Self.fillerStart),
            let filler = input.slice(Self.fillerStart..<Self.headerSize)
        else {
            throw .wrongSize(file: Self.kind, bytes: head.count, expected: "at least 512")
        }
        if let fault = Self.faults(input, summed: Array(summed), sum: Array(sum), fileSize).first {
            throw .damaged(file: Self.kind, reason: fault)
        }
        channels = input.u32(at: 0x0C).map { Int($0) } ?? 1
        frames = (fileSize - Self.headerSize) / (2 * channels)
        (self.reserved, self.filler) = (Array(reserved), Array(filler))
    }

    /// Everything that is wrong with a head, in words; of one that is too short, or no head at all, only that.
    static func faults(head: [UInt8], fileSize: Int) -> [String] {
        let input = HeaderBytes(head, .big)
        guard input.has(mark, at: 0) else { return ["it is no sample of an SP-404MKII: its first bytes are others"] }
        guard head.count >= headerSize, let summed = input.slice(4..<reservedStart),
            let sum = input.slice(sumStart..<fillerStart)
        else { return ["it ends within its head"] }
        return faults(input, summed: Array(summed), sum: Array(sum), fileSize)
    }

    private static func faults(_ input: HeaderBytes, summed: [UInt8], sum: [UInt8], _ fileSize: Int) -> [String] {
        var faults: [String] = []
        if md5(summed) != sum { faults.append("the checksum of its head is wrong") }
        if input.u32(at: 4).map(Int.init)?.adding(8) != fileSize { faults.append("it is not as long as its head says") }
        if input.u32(at: 8).map(Int.init) != sampleRate || input.u32(at: 0x10).map(Int.init) != bits {
            faults.append("not 48 kHz, 16 bit")
        }
        guard let channels = input.u32(at: 0x0C), (1...2).contains(channels) else {
            return faults + ["neither mono nor stereo"]
        }
        let samples = fileSize - headerSize
        if samples <= 0 { return faults + ["it has 0 frames"] }
        if samples % (2 * Int(channels)) != 0 { faults.append("no whole number of frames") }
        return faults
    }

    /// The first 512 bytes of the file.
    public var head: [UInt8] {
        var summed = BigEndianWriter()
        summed.append([UInt32(fileSize - 8), UInt32(Self.sampleRate), UInt32(channels), UInt32(Self.bits)])
        var file = BigEndianWriter()
        file.append(Self.mark)
        file.append(summed.bytes)
        file.append(reserved)
        file.append(md5(summed.bytes))
        file.append(filler)
        return file.bytes
    }
}
