/// How a sound is spread over the critical bands, column by column: its first three minutes.
struct BarkEnvelope: Sendable {
    static let bands = BarkBands.count

    /// Columns a second: 86 at 44.1 kHz, fewer below, at most 172 above.
    let columnRate: Double
    let columns: Int
    /// Mean square in each band, full scale 1, `[columns × bands]`.
    let powers: [Float]

    /// The bands of one column.
    subscript(column: Int) -> ArraySlice<Float> { powers[column * Self.bands..<(column + 1) * Self.bands] }
}

/// Gathers a ``BarkEnvelope``: 1.6 MB at most.
struct BarkEnvelopeMeter: ~Copyable {
    private static let mostSeconds = 180.0

    private let banks: FilterBanks
    private let columnRate: Double
    /// Frames that make a column.
    private let framesPerColumn: Int
    private var frames = 0
    private let bands = AlignedBuffer(count: BarkBands.count)
    private var table: FrameTable<Float>

    /// - Parameter frameRate: frames a second.
    init(banks: FilterBanks, frameRate: Double, framesPerColumn: Int) {
        self.banks = banks
        self.framesPerColumn = framesPerColumn
        columnRate = frameRate / Double(framesPerColumn)
        table = FrameTable(width: BarkBands.count, capacity: Int(Self.mostSeconds * columnRate))
    }

    /// - Parameter power: |X|² of every bin, with 8 zeros after the last.
    mutating func push(power: UnsafePointer<Float>) {
        if frames == 0 {
            guard !table.isFull else { return }
            table.append().update(repeating: 0, count: table.width)
        }
        banks.bark.apply(to: power, into: bands.base)
        let column = table.last
        let share = 1 / Float(framesPerColumn)
        for band in 0..<table.width { column[band] += share * bands.base[band] }
        frames = (frames + 1) % framesPerColumn
    }

    /// All of it, once the stream has ended.
    var envelope: BarkEnvelope {
        BarkEnvelope(columnRate: columnRate, columns: table.count, powers: table.array)
    }
}
