import AudioCore
import Foundation

/// Where a picture or its data goes: a file that appears when it is complete, or standard output.
struct PictureTarget {
    /// `-` is standard output.
    let path: String
    let isReplacing: Bool

    /// Whether it may be written: asked before the work, so that it is not done for nothing.
    func check() throws {
        guard path == "-" else {
            return try named { () throws(AudioWriteError) in try OutputFile.check(path, isReplacing) }
        }
        guard isatty(1) == 0 else {
            throw OutputProblem("standard output is a terminal: send it to a file or a program")
        }
    }

    /// Calls `body` with a place to put bytes; what it put there is seen whole or not at all.
    func write(_ body: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void) throws {
        guard path != "-" else { return try body { try FileHandle.standardOutput.write(contentsOf: Data($0)) } }
        let file = try named { () throws(AudioWriteError) in try OutputFile(path: path, replaces: isReplacing) }
        try body { _ = file.write($0) }
        try named { () throws(AudioWriteError) in try file.publish() }
    }

    func write(_ bytes: [UInt8]) throws { try write { sink in try bytes.withUnsafeBytes { try sink($0) } } }

    private func named<Value>(_ body: () throws(AudioWriteError) -> Value) throws -> Value {
        do throws(AudioWriteError) {
            return try body()
        } catch .exists(let path) {
            throw OutputProblem("\(path.printable) exists: --force replaces it")
        } catch {
            throw error
        }
    }
}
