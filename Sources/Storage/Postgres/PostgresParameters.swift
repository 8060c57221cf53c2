import CLibPQ
import Storage

/// The values of one statement as libpq takes them: binary, in one block.
struct PostgresParameters {
    let types: [Oid]
    private var bytes: [UInt8] = []
    private var offsets: [Int] = []
    private var lengths: [Int32] = []
    /// Whether libpq can count their bytes.
    private(set) var fit = true

    init(_ values: [SQLValue]) {
        types = values.map(\.postgresType)
        for value in values {
            offsets.append(bytes.count)
            value.appendBytes(to: &bytes)
            let length = Int32(exactly: bytes.count - (offsets.last ?? 0))
            if length == nil { fit = false }
            lengths.append(length ?? 0)
        }
        // An empty value must not be a null pointer, which means NULL.
        bytes.append(0)
    }

    func send(_ text: String, on handle: OpaquePointer) -> Int32 {
        withPointers { count, pointers, formats in
            PQsendQueryParams(handle, text, count, types, pointers, lengths, formats, 1)
        }
    }

    func send(prepared name: String, on handle: OpaquePointer) -> Int32 {
        withPointers { count, pointers, formats in
            PQsendQueryPrepared(handle, name, count, pointers, lengths, formats, 1)
        }
    }

    private func withPointers<Value>(_ body: (Int32, [UnsafePointer<CChar>?], [Int32]) -> Value) -> Value {
        bytes.withUnsafeBytes { buffer in
            let base = buffer.bindMemory(to: CChar.self).baseAddress
            let pointers = offsets.map { offset in base.map { $0 + offset } }
            return body(Int32(truncatingIfNeeded: offsets.count), pointers, Array(repeating: 1, count: offsets.count))
        }
    }
}
