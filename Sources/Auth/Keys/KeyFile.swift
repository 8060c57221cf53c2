import Storage

/// Where an installation of one machine keeps its keys: one file in the data folder, made at the first start.
///
/// A file that others may read is refused, never quietly repaired.
public struct KeyFile: KeyStore {
    /// A file longer than this was not written by us.
    static let longest = 1 << 18

    private let path: String
    private let algorithm: SignatureAlgorithm

    /// - Parameter algorithm: of the first signing key.
    public init(_ path: String, signing algorithm: SignatureAlgorithm = .es256) {
        (self.path, self.algorithm) = (path, algorithm)
    }

    /// The keys of the file, which appears whole or not at all.
    ///
    /// - Throws: ``KeyFileError``.
    public func loadOrCreate(at now: Timestamp) async throws(KeyFileError) -> KeyRing {
        try await blocking { () throws(KeyFileError) in
            if let keys = try read() { return keys }
            try create(at: now)
            guard let keys = try read() else {
                throw .unreadable(path: path, reason: "it vanished while it was created")
            }
            return keys
        }
    }

    /// - Throws: ``KeyFileError``.
    public func load() async throws(KeyFileError) -> KeyRing {
        try await blocking { () throws(KeyFileError) in try present() }
    }

    /// Replaces the file by another one. Others who change it wait, by a lock on a file beside it.
    ///
    /// - Throws: ``KeyFileError``, and what `change` throws.
    public func update(_ change: @escaping @Sendable (KeyRing) throws -> KeyRing) async throws -> KeyRing {
        try await blocking {
            let lock = try FileLock(waitingFor: "\(path).lock")
            defer { withExtendedLifetime(lock) {} }
            let keys = try change(try present())
            try writeBeside(keys) { temporary throws(KeyFileError) in try PrivateFile.rename(temporary, to: path) }
            return keys
        }
    }
}

extension KeyFile {
    private func present() throws(KeyFileError) -> KeyRing {
        guard let keys = try read() else { throw .missing(path: path) }
        return keys
    }

    /// Nil when there is no such file.
    private func read() throws(KeyFileError) -> KeyRing? {
        guard let file = try PrivateFile.reading(path) else { return nil }
        guard let keys = KeyRing(encoded: try file.read(upTo: Self.longest)) else { throw .notAKeyFile(path: path) }
        return keys
    }

    /// Writes fresh keys beside `path`, then gives them its name unless another process was faster.
    private func create(at now: Timestamp) throws(KeyFileError) {
        guard let keys = try? KeyRing.random(at: now, signing: algorithm) else {
            throw .notCreated(path: path, reason: "no keys were made")
        }
        try writeBeside(keys) { temporary throws(KeyFileError) in try PrivateFile.link(temporary, to: path) }
    }

    private func writeBeside(
        _ keys: KeyRing, _ place: (_ temporary: String) throws(KeyFileError) -> Void
    ) throws(KeyFileError) {
        guard let text = try? keys.encoded() else { throw .notCreated(path: path, reason: "keys were not encoded") }
        let temporary = "\(path).\(Identifier<KeyRing>.random()).tmp"
        let file = try PrivateFile.creating(temporary)
        defer { PrivateFile.remove(temporary) }
        try file.write(text)
        try place(temporary)
    }
}
