import Crypto
import Foundation

/// Writes a dump, frame by frame.
final class DumpWriter {
    private let path: String
    private let file: FileWriter
    private var hash = SHA256()
    private var bytes = 0
    private var rows: [UInt8] = []
    private var table: Table?
    private var digest = TableDigest()
    private var tables: [DumpSummary.Table] = []
    private let header: DumpHeader

    init(creating path: String, _ header: DumpHeader) throws(DumpError) {
        (self.path, self.header) = (path, header)
        do throws(ObjectStoreError) {
            file = try FileWriter(creating: path)
        } catch {
            throw DumpError(error, of: path)
        }
        try write(DumpFormat.magic)
        try frame(.header, json(header))
    }

    func begin(_ table: Table) throws(DumpError) {
        self.table = table
        digest = TableDigest()
        try frame(.table, json(table))
    }

    func row(_ values: [SQLValue]) throws(DumpError) {
        digest.add(values)
        let size = values.reduce(0) { $0 + $1.sizeInDump }
        guard size <= DumpFormat.largestFrame else { throw .rowTooLarge(table: table?.name ?? "") }
        if rows.count + size > DumpFormat.comfortableFrame { try flush() }
        for value in values { value.appendDump(to: &rows) }
    }

    func endTable() throws(DumpError) {
        try flush()
        try frame(.tableEnd, json(DumpTableEnd(rows: digest.rows, digest: digest.text)))
        tables.append(DumpSummary.Table(name: table?.name ?? "", rows: digest.rows, digest: digest.text))
    }

    /// Writes the end, and waits for the disk.
    func finish() throws(DumpError) -> DumpSummary {
        try frame(.end, Array(hash.finalize()))
        do throws(ObjectStoreError) {
            try file.synchronize()
        } catch {
            throw DumpError(error, of: path)
        }
        return DumpSummary(createdAt: header.createdAt, tables: tables, bytes: bytes)
    }

    private func flush() throws(DumpError) {
        guard !rows.isEmpty else { return }
        try frame(.rows, rows)
        rows.removeAll(keepingCapacity: true)
    }

    private func frame(_ kind: DumpFormat.Kind, _ content: [UInt8]) throws(DumpError) {
        try write([kind.rawValue] + DumpFormat.length(content.count) + content)
    }

    private func write(_ chunk: [UInt8]) throws(DumpError) {
        do throws(ObjectStoreError) {
            try file.write(chunk)
        } catch {
            throw DumpError(error, of: path)
        }
        hash.update(data: chunk)
        bytes += chunk.count
    }

    private func json(_ value: some Encodable) throws(DumpError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        guard let data = try? encoder.encode(value) else { throw .file(path, reason: "its head cannot be written") }
        return Array(data)
    }
}

extension SQLValue {
    fileprivate var sizeInDump: Int {
        switch self {
        case .null: 1
        case .integer, .real: 9
        case .text(let text): 5 + text.utf8.count
        case .blob(let blob): 5 + blob.count
        }
    }
}

extension DumpError {
    /// An error of the system, with the file that it is about.
    init(_ error: ObjectStoreError, of path: String) {
        switch error {
        case .full(let reason), .unavailable(let reason): self = .file(path, reason: reason)
        default: self = .file(path, reason: error.description)
        }
    }
}
