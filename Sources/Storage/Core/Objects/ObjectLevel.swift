/// One level of the tree that a delimiter makes of keys: the objects there, and what lies deeper as one entry each.
public struct ObjectLevel: Sendable {
    public let objects: [ObjectInfo]
    /// Each ends with the delimiter, in byte order; give one as `prefix` to go down.
    public let prefixes: [String]
    /// Give it as `after` for the next page; nil on the last. Only its store can read it.
    public let next: String?

    public init(objects: [ObjectInfo], prefixes: [String], next: String?) {
        (self.objects, self.prefixes, self.next) = (objects, prefixes, next)
    }
}

extension ObjectStore {
    /// Lists by jumping from each deeper prefix to what follows it: one call of ``list(prefix:after:limit:)`` a prefix.
    public func listLevel(
        prefix: String, delimiter: String, after last: String?, limit: Int
    ) async throws(ObjectStoreError) -> ObjectLevel {
        var position: ObjectKey?
        if let last { position = try ObjectKey(last) }
        var (objects, prefixes) = ([ObjectInfo](), [String]())
        while objects.count + prefixes.count < limit {
            let room = limit - objects.count - prefixes.count
            let page = try await list(prefix: prefix, after: position, limit: room)
            let deeper = page.objects.firstIndex { $0.key.folder(below: prefix, delimiter) != nil }
            objects += page.objects[..<(deeper ?? page.objects.count)]
            if let deeper, let folder = page.objects[deeper].key.folder(below: prefix, delimiter) {
                prefixes.append(folder)
                position = ObjectKey(lastStartingWith: folder)
            } else if let next = page.next {
                position = next
            } else {
                return ObjectLevel(objects: objects, prefixes: prefixes, next: nil)
            }
        }
        let isMore = try await !list(prefix: prefix, after: position, limit: 1).objects.isEmpty
        return ObjectLevel(objects: objects, prefixes: prefixes, next: isMore ? position?.text : nil)
    }
}

extension ObjectKey {
    /// The bytes up to the first delimiter after `prefix`, with it; nil when there is none.
    fileprivate func folder(below prefix: String, _ delimiter: String) -> String? {
        let (bytes, delimiter) = (Array(text.utf8), Array(delimiter.utf8))
        var start = prefix.utf8.count
        while start + delimiter.count <= bytes.count {
            let end = start + delimiter.count
            if bytes[start..<end].elementsEqual(delimiter) { return String(decoding: bytes[..<end], as: UTF8.self) }
            start += 1
        }
        return nil
    }

    /// No key that starts with `prefix` comes after it: the rest is filled with the characters of the highest bytes.
    fileprivate init(lastStartingWith prefix: String) {
        var filled = prefix
        while filled.utf8.count < Self.longest {
            switch Self.longest - filled.utf8.count {
            case 1: filled.unicodeScalars.append("~")
            case 2: filled.unicodeScalars.append("\u{7FF}")
            case 3: filled.unicodeScalars.append("\u{FFFF}")
            default: filled.unicodeScalars.append("\u{10FFFF}")
            }
        }
        self.init(trusted: filled)
    }
}
