import CSoxr

/// Changes the sample rate of a stream, without delay and to the exact length.
///
/// `frames` frames become `frames · to / from`, rounded, the first at the time of the first. Up to 0.44 of the lower
/// rate (19.4 kHz of 44.1) levels are kept to 0.01 dB, from 0.52 on nothing is left above −110 dB. Distortion and
/// noise stay below −115 dB, about what a Float can tell.
///
/// The same samples give the same bits however they are portioned. Memory: the filter's, some hundred kB a channel;
/// one resampler belongs to one task at a time.
///
/// Source: R. Sykes, the SoX Resampler library, 0.1.3.
public final class Resampler {
    /// How exact the filters are: to 20 or to 28 bits.
    public enum Quality: Sendable {
        case high, veryHigh
    }

    public let inputRate: Int
    public let outputRate: Int
    public let channels: Int

    private let state: OpaquePointer
    private var block: [Float] = []
    private var output: [Float]
    private var (taken, given) = (0, 0)

    /// Frames handed to the library at once: how a sound is portioned must not change a bit of it.
    private static let portion = 2_048

    /// Rates that are changed from and to: those that are read.
    public static let rates = DecodeLimits().sampleRates

    /// - Throws: ``ResamplerError`` for rates outside ``rates`` and channels outside 1…64.
    public init(
        from inputRate: Int, to outputRate: Int, channels: Int, quality: Quality = .veryHigh
    ) throws(ResamplerError) {
        for rate in [inputRate, outputRate] where !Self.rates.contains(rate) { throw .unsupportedRate(rate) }
        guard (1...64).contains(channels) else { throw .unsupportedChannels(channels) }
        var specification = soxr_quality_spec(UInt(quality == .high ? SOXR_20_BITQ : SOXR_28_BITQ), 0)
        var runtime = soxr_runtime_spec(1)
        var failure: soxr_error_t?
        guard
            let state = soxr_create(
                Double(inputRate), Double(outputRate), UInt32(channels), &failure, nil, &specification, &runtime)
        else { throw .refused(failure.map { String(cString: $0) } ?? "no reason") }
        self.state = state
        (self.inputRate, self.outputRate, self.channels) = (inputRate, outputRate, channels)
        block.reserveCapacity(Self.portion * channels)
        let room = Self.portion * outputRate / inputRate + 64
        output = Array(repeating: 0, count: min(room, 1 << 15) * channels)
    }

    deinit { soxr_delete(state) }

    /// Frames that come of `frames`: rounded, at least one of any.
    public func outputFrames(of frames: Int) -> Int {
        guard frames > 0 else { return 0 }
        // In parts, as the product of a day's frames and a rate fits but not by much.
        let (whole, rest) = frames.quotientAndRemainder(dividingBy: inputRate)
        return max(1, whole * outputRate + (rest * outputRate + inputRate / 2) / inputRate)
    }

    /// Takes the next samples.
    ///
    /// - Parameters:
    ///   - interleaved: a whole number of frames, any number, finite.
    ///   - body: takes the frames that are ready, interleaved.
    public func push(
        _ interleaved: UnsafeBufferPointer<Float>, _ body: (UnsafeBufferPointer<Float>) throws -> Void
    ) throws {
        precondition(interleaved.count % channels == 0, "a portion holds a whole number of frames")
        taken += interleaved.count / channels
        var start = 0
        while start < interleaved.count {
            let end = min(start + Self.portion * channels - block.count, interleaved.count)
            block.append(contentsOf: interleaved[start..<end])
            start = end
            if block.count == Self.portion * channels { try convertBlock(body) }
        }
    }

    /// Ends the stream and hands on the rest.
    public func finish(_ body: (UnsafeBufferPointer<Float>) throws -> Void) throws {
        try convertBlock(body)
        while given < outputFrames(of: taken) {
            let count = try convert(nil, frames: 0).given
            if count == 0 { try pad(body) } else { try hand(on: count, body) }
        }
    }

    private func convertBlock(_ body: (UnsafeBufferPointer<Float>) throws -> Void) throws {
        var start = 0
        while start < block.count {
            let (used, count) = try block.withUnsafeBufferPointer { samples in
                try convert(samples.baseAddress.map { $0 + start }, frames: (samples.count - start) / channels)
            }
            start += used * channels
            try hand(on: count, body)
        }
        block.removeAll(keepingCapacity: true)
    }

    private func convert(
        _ input: UnsafePointer<Float>?, frames: Int
    ) throws(ResamplerError) -> (used: Int, given: Int) {
        var (used, given) = (0, 0)
        let failure = output.withUnsafeMutableBufferPointer { output in
            soxr_process(state, input, frames, &used, output.baseAddress, output.count / channels, &given)
        }
        if let failure { throw .refused(String(cString: failure)) }
        return (used, given)
    }

    /// The library may end a frame late.
    private func hand(on count: Int, _ body: (UnsafeBufferPointer<Float>) throws -> Void) throws {
        let wanted = min(count, outputFrames(of: taken) - given)
        guard wanted > 0 else { return }
        given += wanted
        try output.withUnsafeBufferPointer {
            try body(UnsafeBufferPointer(rebasing: $0[..<(wanted * channels)]))
        }
    }

    /// Or early.
    private func pad(_ body: (UnsafeBufferPointer<Float>) throws -> Void) throws {
        let missing = min(outputFrames(of: taken) - given, output.count / channels)
        for index in 0..<missing * channels { output[index] = 0 }
        try hand(on: missing, body)
    }
}

/// Why a sound cannot be resampled.
public enum ResamplerError: Error, Equatable, Sendable {
    case unsupportedRate(Int)
    case unsupportedChannels(Int)
    /// The library's own words.
    case refused(String)
}

extension ResamplerError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unsupportedRate(let rate):
            "\(rate) Hz cannot be resampled: rates are \(Resampler.rates.lowerBound) to \(Resampler.rates.upperBound) Hz"
        case .unsupportedChannels(let count): "\(count) channels cannot be resampled: 1 to 64 can"
        case .refused(let reason): "resampling failed (\(reason)): check the memory, then try again"
        }
    }
}
