/// `PAD_INFO.BIN` of an SP-404SX or SP-404A: how each of its 120 pads plays.
///
/// 120 records of 32 bytes, bank A first, numbers big-endian. What is read and written again gives the same bytes,
/// also for values that no unit is known to write. Cost: 4 kB.
///
/// Source: P. Battley, "Roland SP-404SX sample file format"; compared with published records of real cards.
public struct PadInformation: Equatable, Sendable {
    /// Bytes of the file.
    public static let fileSize = PadAddress.padsOnSX * Record.size
    static let fileName = "PAD_INFO.BIN"

    /// Always 120, A1 first.
    public private(set) var records: [Record]

    /// A card without samples.
    public init() { records = Array(repeating: Record(), count: PadAddress.padsOnSX) }

    /// - Parameter bytes: the whole file.
    /// - Throws: ``SamplerError/wrongSize(file:bytes:expected:)`` for another length than 3,840.
    public init(_ bytes: [UInt8]) throws(SamplerError) {
        guard bytes.count == Self.fileSize else {
            throw .wrongSize(file: Self.fileName, bytes: bytes.count, expected: "3,840 (120 pads of 32)")
        }
        records = (0..<PadAddress.padsOnSX).map {
            Record(bytes: Array(bytes[$0 * Record.size..<($0 + 1) * Record.size]))
        }
    }

    /// The file.
    public var bytes: [UInt8] { records.flatMap(\.bytes) }

    /// The record of a pad; `nil` for pads 13 to 16 of a bank, where setting does nothing.
    ///
    /// - Parameter address: of the pad.
    public subscript(address: PadAddress) -> Record? {
        get { address.indexOnSX.map { records[$0] } }
        set {
            if let index = address.indexOnSX, let newValue { records[index] = newValue }
        }
    }
}
