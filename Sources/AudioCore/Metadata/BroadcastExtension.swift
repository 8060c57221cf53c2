/// Where and when a Broadcast Wave File was recorded, and how loud its maker says it is.
///
/// Source: EBU Tech 3285 (version 2, 2011), chunk `bext`.
public struct BroadcastExtension: Equatable, Sendable, Codable {
    /// What is heard; may have several lines.
    public var description: String?
    /// Who or what recorded it.
    public var originator: String?
    /// The originator's own name for it.
    public var originatorReference: String?
    /// As written, `yyyy-mm-dd` by the standard.
    public var originationDate: String?
    /// As written, `hh:mm:ss` by the standard.
    public var originationTime: String?
    /// Frames from midnight to the first one.
    public var timeReference: Int?
    /// Of the chunk: 0, 1 or 2.
    public var version: Int
    /// LUFS, −99.99…99.99, as are the other four; all of them from version 2 on.
    public var loudness: Double?
    /// LU.
    public var loudnessRange: Double?
    /// dBTP.
    public var truePeak: Double?
    /// LUFS.
    public var momentaryMaximum: Double?
    /// LUFS.
    public var shortTermMaximum: Double?
    /// What was done to the sound, a line for each step.
    public var codingHistory: String?

    public init(version: Int = 0) { self.version = version }

    private enum CodingKeys: String, CodingKey {
        case description, originator, version
        case originatorReference = "originator_reference"
        case originationDate = "origination_date"
        case originationTime = "origination_time"
        case timeReference = "time_reference"
        case loudness = "loudness_lufs"
        case loudnessRange = "loudness_range_lu"
        case truePeak = "true_peak_dbtp"
        case momentaryMaximum = "loudness_momentary_max_lufs"
        case shortTermMaximum = "loudness_short_term_max_lufs"
        case codingHistory = "coding_history"
    }
}

extension BroadcastExtension {
    /// `nil` for a chunk too short to be one: its texts end at byte 338, its numbers at 348.
    init?(_ chunk: TagRegion, _ order: ByteOrder) {
        let fields = chunk.fields(at: 0, count: 422, order)
        guard let version = fields.u16(at: 346), let low = fields.u32(at: 338), let high = fields.u32(at: 342) else {
            return nil
        }
        self.init(version: Int(version))
        func text(_ range: Range<Int>, lines: Bool = false) -> String? {
            TagText.clean(TagText.utf8OrWestern(fields.slice(range) ?? []), hasLines: lines)
        }
        description = text(0..<256, lines: true)
        originator = text(256..<288)
        originatorReference = text(288..<320)
        originationDate = text(320..<330)
        originationTime = text(330..<338)
        timeReference = Int(exactly: UInt64(high) << 32 | UInt64(low))
        if version >= 2 { readLoudness(fields) }
        codingHistory = TagText.clean(chunk.text(at: 602), hasLines: true)
    }

    private mutating func readLoudness(_ fields: HeaderBytes) {
        let stored = (0..<5).map { fields.u16(at: 412 + 2 * $0).map { Int(Int16(bitPattern: $0)) } }
        // Five zeros are what a writer leaves that knows no loudness.
        guard stored.contains(where: { $0 != 0 }) else { return }
        // Hundredths; what is outside these bounds (0x7FFF above all) means "not measured".
        let values = stored.map { $0.flatMap { (-9_999...9_999).contains($0) ? Double($0) / 100 : nil } }
        (loudness, loudnessRange, truePeak) = (values[0], values[1], values[2])
        (momentaryMaximum, shortTermMaximum) = (values[3], values[4])
    }
}
