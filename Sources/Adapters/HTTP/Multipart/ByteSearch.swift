import Foundation

extension [UInt8] {
    /// Where `pattern`, which begins with what is rare, begins first: a search for one byte.
    func firstIndex(of pattern: [UInt8], from start: Int) -> Int? {
        withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, let first = pattern.first else { return nil }
            var next = start
            while bytes.count - next >= pattern.count,
                let candidate = memchr(base + next, Int32(first), bytes.count - next - pattern.count + 1)
            {
                let offset = UnsafeRawPointer(candidate) - base
                if memcmp(candidate, pattern, pattern.count) == 0 { return offset }
                next = offset + 1
            }
            return nil
        }
    }
}
