/// Why the installation's keys cannot be used. Each stops the start; a server that runs goes on with those it has.
public enum KeyFileError: Error, Equatable, Sendable {
    /// Others than the owner may read or write the file.
    case openToOthers(path: String, mode: UInt32)
    /// The file is not a key file, or damaged.
    case notAKeyFile(path: String)
    case unreadable(path: String, reason: String)
    /// There is no file yet.
    case missing(path: String)
    case notCreated(path: String, reason: String)
}

extension KeyFileError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .openToOthers(let path, let mode):
            "the key file '\(path)' is open to other users (mode \(String(mode, radix: 8))): if nobody read it, "
                + "run chmod 600 on it; else delete it, which signs everybody out"
        case .notAKeyFile(let path):
            "'\(path)' is not a whole key file: restore it from a backup, or delete it, which signs everybody out"
        case .unreadable(let path, let reason):
            "the key file '\(path)' cannot be read (\(reason)): check its owner, and that it is a plain file"
        case .missing(let path):
            "there is no key file '\(path)': start the service once, which makes it, or name the right data folder"
        case .notCreated(let path, let reason):
            "the key file '\(path)' cannot be written (\(reason)): check the data folder and its disk"
        }
    }
}
