import Storage

/// Where an installation keeps its secrets: one file in the data folder, made at the first start.
public enum KeyFile {
    /// A file longer than this was not written by us.
    static let longest = 1 << 16

    /// The keys of the file at `path`, which is created with fresh ones if it is missing.
    ///
    /// Programs that start together agree: the file appears whole or not at all, and the first one wins.
    ///
    /// - Throws: ``KeyFileError``; a file that others may read is refused, never quietly repaired.
    public static func loadOrCreate(_ path: String) async throws(KeyFileError) -> KeyRing {
        try await blocking { () throws(KeyFileError) in
            if let keys = try load(path) { return keys }
            try create(path)
            guard let keys = try load(path) else {
                throw .unreadable(path: path, reason: "it vanished while it was created")
            }
            return keys
        }
    }

    /// Nil when there is no such file.
    private static func load(_ path: String) throws(KeyFileError) -> KeyRing? {
        guard let file = try PrivateFile.reading(path) else { return nil }
        guard let keys = KeyRing(encoded: try file.read(upTo: longest)) else { throw .notAKeyFile(path: path) }
        return keys
    }

    /// Writes fresh keys beside `path`, then gives them its name unless another process was faster.
    private static func create(_ path: String) throws(KeyFileError) {
        let temporary = "\(path).\(Identifier<KeyRing>.random()).tmp"
        guard let text = try? KeyRing.random().encoded() else {
            throw .notCreated(path: path, reason: "keys were not encoded")
        }
        let file = try PrivateFile.creating(temporary)
        defer { PrivateFile.remove(temporary) }
        try file.write(text)
        try PrivateFile.link(temporary, to: path)
    }
}
