import Storage

/// On whose behalf work is done, across programs: the trace that a request belongs to, and the step that asked for this one.
///
/// Source: W3C Trace Context, Recommendation of 23 November 2021, §3.2 (`traceparent`).
public struct TraceContext: Hashable, Sendable {
    /// That of the running task. Jobs that are enqueued meanwhile keep it, and run with it.
    @TaskLocal public static var current: TraceContext?

    /// 32 hexadecimal digits, not all of them 0.
    public let traceID: String
    /// 16 hexadecimal digits, not all of them 0.
    public let parentID: String
    /// The caller keeps what it records of the trace.
    public let isSampled: Bool

    private init(traceID: String, parentID: String, isSampled: Bool) {
        (self.traceID, self.parentID, self.isSampled) = (traceID, parentID, isSampled)
    }

    /// The beginning of a trace.
    public static func random() -> TraceContext {
        TraceContext(traceID: word() + word(), parentID: word(), isSampled: false)
    }

    /// The next step of the same trace.
    public func next() -> TraceContext {
        TraceContext(traceID: traceID, parentID: Self.word(), isSampled: isSampled)
    }

    /// Reads a header; nil for what is none, which is to be taken as if it had not been sent (§4.2).
    ///
    /// Of a later version than this one, what both know is read.
    public init?(_ header: String) {
        let bytes = Array(header.utf8)
        guard bytes.count >= 55, bytes.count <= 512 else { return nil }
        let isOurs = bytes[0] == UInt8(ascii: "0") && bytes[1] == UInt8(ascii: "0")
        guard isOurs ? bytes.count == 55 : bytes.count == 55 || bytes[55] == UInt8(ascii: "-") else { return nil }
        for dash in [2, 35, 52] where bytes[dash] != UInt8(ascii: "-") { return nil }
        guard let version = Self.digits(bytes[0..<2]), version != "ff", let traceID = Self.digits(bytes[3..<35]),
            let parentID = Self.digits(bytes[36..<52]), let flags = Self.digits(bytes[53..<55]),
            traceID.contains(where: { $0 != "0" }), parentID.contains(where: { $0 != "0" }),
            let flag = UInt8(flags, radix: 16)
        else { return nil }
        self.init(traceID: traceID, parentID: parentID, isSampled: flag & 1 == 1)
    }

    /// Lower case alone, as §3.2.2 has it.
    private static func digits(_ bytes: ArraySlice<UInt8>) -> String? {
        let isHex = bytes.allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
        }
        return isHex ? String(decoding: bytes, as: UTF8.self) : nil
    }

    private static func word() -> String { Checksum.hex(UInt64.random(in: 1...(.max))) }
}

/// The header: `00-` trace `-` step `-` flags.
extension TraceContext: CustomStringConvertible {
    public var description: String { "00-\(traceID)-\(parentID)-\(isSampled ? "01" : "00")" }
}
