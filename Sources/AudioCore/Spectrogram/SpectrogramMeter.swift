import CKernels

/// Gathers the spectrum of a stream in columns, in bounded memory.
///
/// Where the length is known, every column has its own bucket, and frames stand so close that each column has at
/// least one. Otherwise buckets begin small; when they are full, neighbours are folded and buckets hold twice as
/// much, with frames twice as far apart until they overlap by half. A bucket adds up power bin by bin and goes
/// through the mel bands once.
struct SpectrogramMeter: ~Copyable {
    private let size: PictureSize
    private let sampleRate: Int
    private let frames: SpectrogramFrames
    private var slicer: FrameSlicer
    private let transform: FourierTransform
    private let window: HannWindow
    private let mel: MelBank
    /// Power of the open bucket, bin by bin, and of how many frames it is the sum.
    private let sums: AlignedBuffer
    private var summed = 0
    private let row: AlignedBuffer
    /// Power of the closed buckets, one value a band, and of how many frames it is the sum.
    private var table: [Float] = []
    private var counts: [Int] = []
    private var frame = 0
    private var samples = 0
    private var bucketLength = 1

    /// - Parameters:
    ///   - size: columns and bands.
    ///   - sampleRate: within ``DecodeLimits/sampleRates``.
    ///   - known: samples that will come; where fewer do, what came is still told right.
    init(size: PictureSize, sampleRate: Int, of known: Int? = nil) {
        (self.size, self.sampleRate) = (size, sampleRate)
        frames = SpectrogramFrames(columns: size.width, sampleRate: sampleRate, of: known)
        slicer = FrameSlicer(
            frameLength: frames.length, hop: frames.hop, leadingZeros: frames.length / 2,
            largestBlock: BlockBuffer.length)
        transform = FourierTransform(size: frames.length)
        window = .shared(size: frames.length)
        mel = MelBank(bands: size.height, sampleRate: Double(sampleRate), frameLength: frames.length, isSmooth: true)
        sums = AlignedBuffer(count: frames.length / 2 + 1 + 16)
        row = AlignedBuffer(count: size.height)
        table.reserveCapacity(frames.buckets * size.height)
        counts.reserveCapacity(frames.buckets)
    }

    /// - Parameter mono: at most ``BlockBuffer/length`` samples.
    mutating func push(_ mono: Span<Float>) {
        samples += mono.count
        slice(mono)
    }

    mutating func finish() -> Spectrogram {
        var silence = frames.length / 2
        let zeros = [Float](repeating: 0, count: min(silence, BlockBuffer.length))
        while silence > 0 {
            slice(zeros.span.extracting(0..<min(silence, zeros.count)))
            silence -= zeros.count
        }
        if summed > 0 { close() }
        return Spectrogram(size: size, sampleRate: sampleRate, frames: samples, power: power())
    }

    private mutating func slice(_ block: Span<Float>) {
        slicer.push(block)
        while let next = slicer.next() {
            // A frame is about its middle.
            if frame * frames.hop < samples { add(next) }
            frame += 1
        }
    }

    private mutating func add(_ next: UnsafePointer<Float>) {
        if frames.bucket(of: frame, length: bucketLength) > counts.count {
            close()
            if counts.count == frames.buckets { fold() }
        }
        guard frame % min(bucketLength, frames.widestStep) == 0 else { return }
        _ = ck_apply_window(window.samples.base, next, transform.input.base, frames.length)
        transform.execute()
        ck_add_power(transform.output.base, transform.bins, sums.base)
        summed += 1
    }

    private mutating func close() {
        mel.apply(to: sums.base, into: row.base)
        table.append(contentsOf: UnsafeBufferPointer(start: row.base, count: size.height))
        counts.append(summed)
        sums.base.update(repeating: 0, count: sums.count)
        summed = 0
    }

    private mutating func fold() {
        let half = counts.count / 2
        for bucket in 0..<half {
            counts[bucket] = counts[2 * bucket] + counts[2 * bucket + 1]
            let (target, source) = (bucket * size.height, 2 * bucket * size.height)
            for band in 0..<size.height {
                table[target + band] = table[source + band] + table[source + size.height + band]
            }
        }
        counts.removeLast(counts.count - half)
        table.removeLast(table.count - half * size.height)
        bucketLength *= 2
    }

    /// Means of exactly as many columns as were asked for: where there are fewer buckets, one is held over several.
    private func power() -> [Float] {
        var power = [Float](repeating: 0, count: size.width * size.height)
        guard !counts.isEmpty else { return power }
        for column in 0..<size.width {
            let first = column * counts.count / size.width
            let last = max((column + 1) * counts.count / size.width, first + 1)
            let share = 1 / Float(counts[first..<last].reduce(0, +))
            for bucket in first..<last {
                for band in 0..<size.height {
                    power[column * size.height + band] += table[bucket * size.height + band] * share
                }
            }
        }
        return power
    }
}
