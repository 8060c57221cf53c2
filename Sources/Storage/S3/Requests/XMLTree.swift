/// An answer of a server: elements and text, nothing else.
///
/// A small strict reader for what comes from outside: bounded in bytes, depth and elements; no document type, so no
/// entities but the five of XML; no comments, no sections.
struct XMLTree: Equatable, Sendable {
    /// Without its namespace's prefix.
    let name: String
    /// The element's own, joined.
    fileprivate(set) var text = ""
    fileprivate(set) var children: [XMLTree] = []

    /// A page of 1,000 keys of 1,024 bytes, each of them percent-encoded, is less than half of it.
    static let longest = 8 << 20
    static let deepest = 16
    static let most = 100_000

    init(_ bytes: [UInt8]) throws(XMLFault) {
        guard bytes.count <= Self.longest else { throw .tooLarge }
        var reader = XMLReader(bytes)
        self = try reader.document()
    }

    fileprivate init(name: String) {
        self.name = name
    }

    /// The text of the first child of that name.
    subscript(name: String) -> String? {
        children.first { $0.name == name }?.text
    }

    func all(_ name: String) -> [XMLTree] {
        children.filter { $0.name == name }
    }
}

/// Why an answer is not read.
enum XMLFault: Error, Equatable {
    case malformed
    case tooLarge
    case unsupported
}

private struct XMLReader {
    private let bytes: [UInt8]
    private var place = 0
    private var elements = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func document() throws(XMLFault) -> XMLTree {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { place = 3 }
        skipSpace()
        if bytes[place...].starts(with: Array("<?xml".utf8)) {
            while !bytes[place...].starts(with: Array("?>".utf8)) {
                guard place < min(bytes.count, 256) else { throw .malformed }
                place += 1
            }
            place += 2
        }
        skipSpace()
        let root = try element(depth: 1)
        skipSpace()
        guard place == bytes.count else { throw .malformed }
        return root
    }

    /// At its `<`.
    private mutating func element(depth: Int) throws(XMLFault) -> XMLTree {
        elements += 1
        guard depth <= XMLTree.deepest, elements <= XMLTree.most else { throw .tooLarge }
        try expect("<")
        let name = try self.name()
        var tree = XMLTree(name: Self.local(name))
        if try endOfTag() { return tree }
        var text: [UInt8] = []
        while true {
            guard place < bytes.count else { throw .malformed }
            switch bytes[place] {
            case UInt8(ascii: "<"):
                guard place + 1 < bytes.count else { throw .malformed }
                if bytes[place + 1] == UInt8(ascii: "!") || bytes[place + 1] == UInt8(ascii: "?") { throw .unsupported }
                guard bytes[place + 1] == UInt8(ascii: "/") else {
                    tree.children.append(try element(depth: depth + 1))
                    continue
                }
                place += 2
                guard try self.name() == name else { throw .malformed }
                skipSpace()
                try expect(">")
                guard let text = String(validating: text, as: UTF8.self) else { throw .malformed }
                tree.text = text
                return tree
            case UInt8(ascii: "&"): text += Array(try reference().utf8)
            case UInt8(ascii: ">"): throw .malformed
            case let byte:
                text.append(byte)
                place += 1
            }
        }
    }

    private static func local(_ name: [UInt8]) -> String {
        let parts = name.split(separator: UInt8(ascii: ":"))
        return String(decoding: parts.last ?? [], as: UTF8.self)
    }

    private mutating func name() throws(XMLFault) -> [UInt8] {
        let start = place
        while place < bytes.count, isNameByte(bytes[place]) { place += 1 }
        guard (1...128).contains(place - start) else { throw .malformed }
        return Array(bytes[start..<place])
    }

    private func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: ":"):
            true
        default: false
        }
    }

    /// Passes attributes, whose values nobody asks for; true for `/>`.
    private mutating func endOfTag() throws(XMLFault) -> Bool {
        var quote: UInt8?
        while place < bytes.count {
            let byte = bytes[place]
            place += 1
            switch (quote, byte) {
            case (nil, UInt8(ascii: "\"")), (nil, UInt8(ascii: "'")): quote = byte
            case (byte, _): quote = nil
            case (_, UInt8(ascii: "<")): throw .malformed
            case (nil, UInt8(ascii: ">")): return bytes[place - 2] == UInt8(ascii: "/")
            default: continue
            }
        }
        throw .malformed
    }

    /// At its `&`.
    private mutating func reference() throws(XMLFault) -> String {
        let end = bytes[place...].prefix(12).firstIndex(of: UInt8(ascii: ";"))
        guard let end else { throw .malformed }
        let name = String(decoding: bytes[(place + 1)..<end], as: UTF8.self)
        place = end + 1
        switch name {
        case "lt": return "<"
        case "gt": return ">"
        case "amp": return "&"
        case "quot": return "\""
        case "apos": return "'"
        default:
            let isHex = name.hasPrefix("#x")
            let digits = name.dropFirst(isHex ? 2 : 1)
            guard name.hasPrefix("#"),
                digits.utf8.first.map({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }) ?? false,
                let value = UInt32(digits, radix: isHex ? 16 : 10), let scalar = Unicode.Scalar(value)
            else { throw .unsupported }
            return String(Character(scalar))
        }
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(XMLFault) {
        guard place < bytes.count, bytes[place] == UInt8(ascii: character) else { throw .malformed }
        place += 1
    }

    private mutating func skipSpace() {
        while place < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[place]) { place += 1 }
    }
}
