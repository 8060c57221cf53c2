import CKernels

/// Gathers lowest and highest sample of each so many frames, lane by lane.
struct WaveformDataMeter {
    let lanes: Int
    private let samplesPerPixel: Int
    private var values: [Int16] = []
    private var open: [ck_level]
    /// Frames in the open point.
    private var filled = 0

    init(samplesPerPixel: Int, lanes: Int) throws(WaveformDataError) {
        guard WaveformData.zooms.contains(samplesPerPixel) else { throw .zoom(samplesPerPixel) }
        (self.samplesPerPixel, self.lanes) = (samplesPerPixel, lanes)
        open = [ck_level](repeating: .nothing, count: lanes)
    }

    mutating func push(_ block: borrowing BlockBuffer, isMixed: Bool) throws(WaveformDataError) {
        var start = 0
        while start < block.count {
            let length = min(block.count - start, samplesPerPixel - filled)
            for lane in 0..<lanes {
                let base = isMixed ? block.mono.base : block.planar.base + lane * BlockBuffer.length
                ck_measure_level(base + start, length, &open[lane])
            }
            start += length
            filled += length
            if filled == samplesPerPixel { try close() }
        }
    }

    private mutating func close() throws(WaveformDataError) {
        guard values.count + 2 * lanes <= WaveformData.mostValues else {
            throw .tooLong(samplesPerPixel: samplesPerPixel)
        }
        for lane in 0..<lanes {
            values.append(Self.whole(open[lane].least))
            values.append(Self.whole(open[lane].most))
            open[lane] = .nothing
        }
        filled = 0
    }

    mutating func finish() throws(WaveformDataError) -> [Int16] {
        if filled > 0 { try close() }
        return values
    }

    private static func whole(_ sample: Float) -> Int16 {
        Int16(min(max(sample * 32_768, -32_768), 32_767))
    }
}
