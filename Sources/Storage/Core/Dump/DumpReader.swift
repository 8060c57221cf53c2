import Crypto
import Foundation

/// Reads a dump, frame by frame; what is not as it was written is refused, at the latest at the end.
final class DumpReader {
    enum Frame {
        case table(Table)
        case rows([UInt8])
        case tableEnd(DumpTableEnd)
        case end
    }

    private let path: String
    private let file: FileHandleOwner
    private let size: Int
    private var position = 0
    private var hash = SHA256()
    private(set) var header = DumpHeader(format: 0, createdAt: Timestamp(milliseconds: 0), ledger: [])

    init(_ path: String) throws(DumpError) {
        self.path = path
        do throws(ObjectStoreError) {
            file = try FileHandleOwner(reading: path)
            size = try file.size()
        } catch {
            throw DumpError(error, of: path)
        }
    }

    /// Reads all of it, and whether it is whole.
    static func verify(_ path: String) throws(DumpError) -> (header: DumpHeader, summary: DumpSummary) {
        let reader = try DumpReader(path)
        try reader.readHeader()
        var tables: [DumpSummary.Table] = []
        var open: Table?
        while true {
            switch try reader.next() {
            case .table(let table) where open == nil: open = table
            case .rows where open != nil: break
            case .tableEnd(let end):
                guard let table = open else { throw .damaged("the end of no table") }
                tables.append(DumpSummary.Table(name: table.name, rows: end.rows, digest: end.digest))
                open = nil
            case .end where open == nil:
                let summary = DumpSummary(createdAt: reader.header.createdAt, tables: tables, bytes: reader.size)
                return (reader.header, summary)
            case .table, .rows, .end: throw .damaged("its parts are out of order")
            }
        }
    }

    func readHeader() throws(DumpError) {
        guard size >= DumpFormat.magic.count, try take(DumpFormat.magic.count) == DumpFormat.magic else {
            throw .notADump(path)
        }
        let (kind, content) = try frame()
        guard kind == .header else { throw .damaged("it has no head") }
        struct Version: Decodable { let format: Int }
        let version = try json(content, as: Version.self).format
        guard version <= DumpHeader.currentFormat else { throw .newerFormat(version) }
        header = try json(content)
    }

    func next() throws(DumpError) -> Frame {
        let whole = hash
        let (kind, content) = try frame()
        switch kind {
        case .header: throw .damaged("a second head")
        case .table: return .table(try json(content))
        case .rows: return .rows(content)
        case .tableEnd: return .tableEnd(try json(content))
        case .end:
            guard Array(whole.finalize()) == content else { throw .damaged("its checksum is another") }
            guard position == size else { throw .damaged("it goes on after its end") }
            return .end
        }
    }

    private func frame() throws(DumpError) -> (DumpFormat.Kind, [UInt8]) {
        let head = try take(5)
        let length = head.dropFirst().reduce(0) { $0 << 8 | Int($1) }
        guard let kind = DumpFormat.Kind(rawValue: head[0]), length <= DumpFormat.largestFrame else {
            throw .damaged("no part begins at byte \(position - 5)")
        }
        return (kind, try take(length))
    }

    private func take(_ count: Int) throws(DumpError) -> [UInt8] {
        guard count <= size - position else { throw .damaged("it ends at byte \(size), in the middle") }
        let bytes: [UInt8]
        do throws(ObjectStoreError) {
            bytes = try file.read(at: position, count: count)
        } catch {
            throw DumpError(error, of: path)
        }
        guard bytes.count == count else { throw .damaged("it became shorter while it was read") }
        hash.update(data: bytes)
        position += count
        return bytes
    }

    private func json<Value: Decodable>(
        _ bytes: [UInt8], as type: Value.Type = Value.self
    ) throws(DumpError) -> Value {
        guard let value = try? JSONDecoder().decode(type, from: Data(bytes)) else {
            throw .damaged("a description in it cannot be read")
        }
        return value
    }
}
