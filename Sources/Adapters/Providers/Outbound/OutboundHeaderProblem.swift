import Storage

/// A header that cannot be sent. Its value may be secret and is not kept.
public struct OutboundHeaderProblem: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Kind: Equatable, Sendable {
        case name
        case value
        case reserved
    }

    /// Empty when it is no name.
    public let name: String
    public let kind: Kind

    public var description: String {
        switch kind {
        case .name: "a header's name must be of letters, digits and hyphens"
        case .value: "the value of header '\(name)' has a control character or one outside ASCII: encode it"
        case .reserved: "header '\(name)' belongs to the connection: leave it out"
        }
    }

    static func check(_ name: String, _ value: String) throws(OutboundHeaderProblem) {
        guard (1...128).contains(name.utf8.count), name.utf8.allSatisfy(isNameByte) else {
            throw OutboundHeaderProblem(name: "", kind: .name)
        }
        let lower = name.lowercased()
        guard !reserved.contains(lower), !lower.hasPrefix("proxy-") else {
            throw OutboundHeaderProblem(name: name, kind: .reserved)
        }
        guard value.utf8.count <= 8192, value.utf8.isPrintableASCII else {
            throw OutboundHeaderProblem(name: name, kind: .value)
        }
    }

    private static let reserved: Set = [
        "accept-encoding", "connection", "content-length", "expect", "host", "keep-alive", "te", "trailer",
        "transfer-encoding", "upgrade",
    ]

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }
}
