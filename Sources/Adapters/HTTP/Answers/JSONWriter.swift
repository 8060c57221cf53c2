import Foundation
import NIOCore
import Storage
import StrictJSON
import Synchronization

/// Writes values as clients see them, straight into bytes: names in snake case, in the order in which they are declared.
///
/// `JSONEncoder` builds a tree first, and cannot pass on what is JSON already (``RawJSON``): most of a page of samples is.
struct JSONWriter: Encoder {
    fileprivate let output: Output
    /// Of the containers around this value.
    fileprivate let depth: Int
    // Not stored: with them it would be too big for the place that `any Encoder` has, and each value would allocate one.
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    /// - Throws: `EncodingError` for a number that JSON has no text for, and what the value itself throws.
    static func bytes(of value: some Encodable) throws -> ByteBuffer {
        var buffer = ByteBuffer()
        try write(value, to: &buffer)
        return buffer
    }

    /// At the end of what is there; after an error a part of it may be.
    ///
    /// - Throws: as ``bytes(of:)``.
    static func write(_ value: some Encodable, to buffer: inout ByteBuffer) throws {
        let output = Output(exchange(&buffer, with: ByteBuffer()))
        defer { buffer = output.end() }
        try output.write(value)
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(Members<Key>(output: output, depth: output.open(.object, in: depth)))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        Elements(output: output, depth: output.open(.array, in: depth))
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { Single(output: output) }

    func write(_ value: some ListedMembers) throws {
        var members = WrittenMembers(output: output)
        try value.list(in: &members)
        members.end()
    }
}

/// What is JSON already, and is passed on as it is.
struct RawJSON: Encodable, Equatable, Sendable {
    let text: String

    /// For other encoders than ``JSONWriter``.
    func encode(to encoder: any Encoder) throws {
        try JSONValue(reading: Array(text.utf8), within: .stored).encode(to: encoder)
    }
}

private final class Output {
    enum Kind {
        case object, array

        var closing: UInt8 { self == .object ? UInt8(ascii: "}") : UInt8(ascii: "]") }
    }

    // One value is written at a time, each by one call, and none of them calls back: what is checked of classes while they
    // run need not be here, where most of a call would be that.

    @exclusivity(unchecked) private var buffer: ByteBuffer
    /// The containers that are not closed yet, from the outermost on.
    @exclusivity(unchecked) private var containers: [(kind: Kind, isEmpty: Bool)] = []
    @exclusivity(unchecked) private var learnt = Learnt.shared

    init(_ buffer: consuming ByteBuffer) {
        self.buffer = buffer
    }

    /// Hands over what was written.
    func end() -> ByteBuffer {
        learnt.keep()
        return exchange(&buffer, with: ByteBuffer())
    }

    /// Opens a container in the one of `depth`, or goes on with the one that is there.
    ///
    /// - Returns: the depth inside of it.
    func open(_ kind: Kind, in depth: Int) -> Int {
        if containers.count > depth, containers[depth].kind == kind { return depth + 1 }
        containers.append((kind, true))
        buffer.writeInteger(kind == .object ? UInt8(ascii: "{") : UInt8(ascii: "["))
        return containers.count
    }

    /// Makes room for the next thing in the container of `depth`: what is open inside of it ends.
    func begin(in depth: Int) {
        close(to: depth)
        if !containers[depth - 1].isEmpty { buffer.writeInteger(UInt8(ascii: ",")) }
        containers[depth - 1].isEmpty = false
    }

    private func close(to depth: Int) {
        while containers.count > depth { buffer.writeInteger(containers.removeLast().kind.closing) }
    }

    func write(name: String) {
        buffer.writeBytes(learnt.written(name))
    }

    /// A name that needs no escapes, with what is before and after it.
    func write(name: StaticString, isFirst: Bool) {
        let length = name.utf8CodeUnitCount + 4
        _ = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: length) { bytes in
            bytes[0] = UInt8(ascii: isFirst ? "{" : ",")
            bytes[1] = UInt8(ascii: "\"")
            name.withUTF8Buffer { UnsafeMutableRawBufferPointer(rebasing: bytes[2...]).copyMemory(from: .init($0)) }
            bytes[length - 2] = UInt8(ascii: "\"")
            bytes[length - 1] = UInt8(ascii: ":")
            return length
        }
    }

    func endMembers(isEmpty: Bool) { buffer.writeStaticString(isEmpty ? "{}" : "}") }

    func writeNull() { buffer.writeStaticString("null") }

    func write(_ value: Bool) { buffer.writeStaticString(value ? "true" : "false") }

    func write(integer value: some BinaryInteger) { buffer.writeString(String(value)) }

    func write(number value: some BinaryFloatingPoint & CustomStringConvertible) throws {
        guard value.isFinite else {
            throw EncodingError.invalidValue(
                value, .init(codingPath: [], debugDescription: "JSON has no number \(value)"))
        }
        // Whole numbers without a fraction, as far as every reader knows them exactly.
        let whole = value.magnitude < 1e15 ? Int64(exactly: value) : nil
        buffer.writeString(whole?.description ?? value.description)
    }

    /// RFC 8259 §7: quotes, backslashes and control characters are escaped.
    func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            guard bytes.contains(where: Self.isEscaped) else { return writeQuoted(bytes) }
            buffer.writeInteger(UInt8(ascii: "\""))
            var rest = bytes[...]
            while let place = rest.firstIndex(where: Self.isEscaped) {
                buffer.writeBytes(UnsafeBufferPointer(rebasing: rest[..<place]))
                buffer.writeBytes(Self.escaped(rest[place]))
                rest = rest[(place + 1)...]
            }
            buffer.writeBytes(UnsafeBufferPointer(rebasing: rest))
            buffer.writeInteger(UInt8(ascii: "\""))
        }
    }

    /// As it is, as most texts are.
    private func writeQuoted(_ bytes: UnsafeBufferPointer<UInt8>) {
        buffer.writeInteger(UInt8(ascii: "\""))
        buffer.writeBytes(bytes)
        buffer.writeInteger(UInt8(ascii: "\""))
    }

    private static func isEscaped(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private static func escaped(_ byte: UInt8) -> [UInt8] {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): [UInt8(ascii: "\\"), byte]
        case 0x0A: Array("\\n".utf8)
        case 0x0D: Array("\\r".utf8)
        case 0x09: Array("\\t".utf8)
        default: Array("\\u00".utf8) + [Self.digits[Int(byte >> 4)], Self.digits[Int(byte & 15)]]
        }
    }

    private static let digits = Array("0123456789abcdef".utf8)

    func write<Value: Encodable>(_ value: Value) throws {
        let form = learnt.form(of: Value.self)
        if form == .json, let raw = value as? RawJSON {
            buffer.writeString(raw.text)
            return
        }
        let depth = containers.count
        let before = buffer.writerIndex
        if form == .map {
            try (value as? any NamedByData)?.encodeMembers(to: self)
        } else {
            try value.encode(to: JSONWriter(output: self, depth: depth))
        }
        close(to: depth)
        // As `JSONEncoder` writes what encodes nothing at all.
        if buffer.writerIndex == before { buffer.writeStaticString("{}") }
    }

    /// - Parameter value: a member; of common types in the shortest way.
    func write<Value: Encodable>(listed value: Value) throws {
        switch value {
        case let text as String: write(text)
        case let number as Double: try write(number: number)
        case let number as Int: write(integer: number)
        case let time as Timestamp: write(time.description)
        default: try write(value)
        }
    }

    fileprivate func writeMap(_ members: [String: some Encodable]) throws {
        let depth = open(.object, in: containers.count)
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            begin(in: depth)
            write(name)
            buffer.writeInteger(UInt8(ascii: ":"))
            try write(value)
        }
    }
}

/// What was found out of types that were written: each answer begins with all that is known.
private struct Learnt {
    /// What a type is to the writer.
    enum Form {
        case json, map, ordinary
    }

    /// As they are written, with quotes and colon. Members of types, so there are as many as the program has.
    private var names: [String: [UInt8]] = [:]
    private var forms: [ObjectIdentifier: Form] = [:]

    private static let all = Mutex(Learnt())

    static var shared: Learnt { all.withLock { $0 } }

    func keep() {
        Self.all.withLock { all in
            if names.count > all.names.count { all.names = names }
            if forms.count > all.forms.count { all.forms = forms }
        }
    }

    mutating func written(_ name: String) -> [UInt8] {
        if let known = names[name] { return known }
        let written = Array("\"\(name.snakeCased)\":".utf8)
        names[name] = written
        return written
    }

    /// Asked of the runtime once: that takes longer than to write most values.
    mutating func form<Value>(of type: Value.Type) -> Form {
        let name = ObjectIdentifier(type)
        if let known = forms[name] { return known }
        let form: Form = type == RawJSON.self ? .json : type is any NamedByData.Type ? .map : .ordinary
        forms[name] = form
        return form
    }
}

/// A dictionary: its names are data, and stay as they are.
private protocol NamedByData {
    func encodeMembers(to output: Output) throws
}

extension Dictionary: NamedByData where Key == String, Value: Encodable {
    fileprivate func encodeMembers(to output: Output) throws { try output.writeMap(self) }
}

private struct WrittenMembers: MemberList {
    let output: Output
    private var isEmpty = true

    init(output: Output) {
        self.output = output
    }

    private mutating func begin(_ name: StaticString) {
        output.write(name: name, isFirst: isEmpty)
        isEmpty = false
    }

    func end() { output.endMembers(isEmpty: isEmpty) }

    // Made for each type of its own, where what a value is does not have to be asked.

    mutating func add<Value: Encodable & Sendable>(_ name: StaticString, _ value: Value) throws {
        begin(name)
        try output.write(listed: value)
    }

    mutating func add<Value: Encodable & Sendable>(_ name: StaticString, _ value: Value?) throws {
        begin(name)
        guard let value else { return output.writeNull() }
        try output.write(listed: value)
    }

    mutating func add<Choice: Encodable & RawRepresentable<String> & Sendable>(
        _ name: StaticString, _ choice: Choice
    ) throws {
        begin(name)
        output.write(choice.rawValue)
    }

    mutating func add<Choice: Encodable & RawRepresentable<String> & Sendable>(
        _ name: StaticString, _ choice: Choice?
    ) throws {
        begin(name)
        if let choice { output.write(choice.rawValue) } else { output.writeNull() }
    }
}

private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let output: Output
    let depth: Int
    var codingPath: [any CodingKey] { [] }

    private func begin(_ key: Key) {
        output.begin(in: depth)
        output.write(name: key.stringValue)
    }

    mutating func encodeNil(forKey key: Key) throws {
        begin(key)
        output.writeNull()
    }

    mutating func encode(_ value: Bool, forKey key: Key) throws {
        begin(key)
        output.write(value)
    }

    mutating func encode(_ value: String, forKey key: Key) throws {
        begin(key)
        output.write(value)
    }

    mutating func encode(_ value: Double, forKey key: Key) throws {
        begin(key)
        try output.write(number: value)
    }

    mutating func encode(_ value: Int, forKey key: Key) throws {
        begin(key)
        output.write(integer: value)
    }

    mutating func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        begin(key)
        try output.write(value)
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        begin(key)
        return KeyedEncodingContainer(
            Members<Nested>(output: output, depth: output.open(.object, in: depth)))
    }

    mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        begin(key)
        return Elements(output: output, depth: output.open(.array, in: depth))
    }

    mutating func superEncoder() -> any Encoder {
        output.begin(in: depth)
        output.write(name: "super")
        return JSONWriter(output: output, depth: depth)
    }

    mutating func superEncoder(forKey key: Key) -> any Encoder {
        begin(key)
        return JSONWriter(output: output, depth: depth)
    }
}

private struct Elements: UnkeyedEncodingContainer {
    let output: Output
    let depth: Int
    var codingPath: [any CodingKey] { [] }
    private(set) var count = 0

    init(output: Output, depth: Int) {
        (self.output, self.depth) = (output, depth)
    }

    private mutating func begin() {
        output.begin(in: depth)
        count += 1
    }

    mutating func encodeNil() throws {
        begin()
        output.writeNull()
    }

    mutating func encode(_ value: Double) throws {
        begin()
        try output.write(number: value)
    }

    mutating func encode<Value: Encodable>(_ value: Value) throws {
        begin()
        try output.write(value)
    }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        begin()
        return KeyedEncodingContainer(
            Members<Nested>(output: output, depth: output.open(.object, in: depth)))
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        begin()
        return Elements(output: output, depth: output.open(.array, in: depth))
    }

    mutating func superEncoder() -> any Encoder {
        begin()
        return JSONWriter(output: output, depth: depth)
    }
}

private struct Single: SingleValueEncodingContainer {
    let output: Output
    var codingPath: [any CodingKey] { [] }

    mutating func encodeNil() throws { output.writeNull() }
    mutating func encode(_ value: Bool) throws { output.write(value) }
    mutating func encode(_ value: String) throws { output.write(value) }
    mutating func encode(_ value: Double) throws { try output.write(number: value) }
    mutating func encode(_ value: Float) throws { try output.write(number: value) }
    mutating func encode(_ value: Int) throws { output.write(integer: value) }
    mutating func encode(_ value: Int8) throws { output.write(integer: value) }
    mutating func encode(_ value: Int16) throws { output.write(integer: value) }
    mutating func encode(_ value: Int32) throws { output.write(integer: value) }
    mutating func encode(_ value: Int64) throws { output.write(integer: value) }
    mutating func encode(_ value: UInt) throws { output.write(integer: value) }
    mutating func encode(_ value: UInt8) throws { output.write(integer: value) }
    mutating func encode(_ value: UInt16) throws { output.write(integer: value) }
    mutating func encode(_ value: UInt32) throws { output.write(integer: value) }
    mutating func encode(_ value: UInt64) throws { output.write(integer: value) }
    mutating func encode<Value: Encodable>(_ value: Value) throws { try output.write(value) }
}
