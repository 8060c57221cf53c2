import AudioCore
import Foundation

/// Why a file has no result.
struct FileProblem: Error {
    let path: String
    let reason: String

    init(path: String, reason: String) { (self.path, self.reason) = (path, reason) }

    init(path: String, error: any Error) {
        switch error {
        case let problem as FileProblem: self = problem
        case AudioError.cannotOpen(_, let reason): self.init(path: path, reason: reason)
        default: self.init(path: path, reason: "\(error)")
        }
    }

    /// Writes a line to standard error.
    func report() {
        let lines = reason.split(separator: "\n", omittingEmptySubsequences: false).map { String($0).printable }
        FileHandle.standardError.write(Data("waxwing: \(path.printable): \(lines.joined(separator: "\n"))\n".utf8))
    }
}

extension String {
    /// Without control characters: a file's name cannot steer the terminal.
    var printable: String {
        String(String.UnicodeScalarView(unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }))
    }
}
