import Foundation
import Storage
import StorageTestKit
import Testing

/// The built program, as a user starts it.
enum Program {
    static let path = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        .appending(path: "waxwing").path

    struct Result {
        let status: Int32
        let output: String
        let errors: String
    }

    static func run(_ arguments: String..., environment: [String: String] = [:]) async throws -> Result {
        try await run(arguments, environment: environment)
    }

    /// - Parameters:
    ///   - executable: another program than `waxwing`.
    ///   - workingFolder: nil for that of the tests.
    static func run(
        _ arguments: [String], environment: [String: String] = [:], by executable: String = path,
        in workingFolder: String? = nil
    ) async throws -> Result {
        // Not on the threads of the tests, which are as few as processors.
        try await blocking { () throws(any Error) in
            let folder = try TemporaryFolder()
            // Files, not pipes: a program that prints much never waits for a reader.
            let (output, errors) = ("\(folder.path)/out", "\(folder.path)/err")
            let process = try start(
                arguments, environment: environment, by: executable, in: workingFolder, output: output, errors: errors)
            process.waitUntilExit()
            return try Result(
                status: process.terminationStatus, output: String(contentsOfFile: output, encoding: .utf8),
                errors: String(contentsOfFile: errors, encoding: .utf8))
        }
    }

    static func start(
        _ arguments: [String], environment: [String: String], by executable: String = path,
        in workingFolder: String? = nil, output: String, errors: String
    ) throws -> Process {
        for file in [output, errors] { _ = FileManager.default.createFile(atPath: file, contents: nil) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        // Without what tests of failing system calls load into their own children.
        process.environment = ProcessInfo.processInfo.environment.filter { $0.key != "LD_PRELOAD" }
            .merging(environment) { _, new in new }
        if let workingFolder { process.currentDirectoryURL = URL(fileURLWithPath: workingFolder) }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: output)
        process.standardError = FileHandle(forWritingAtPath: errors)
        try process.start()
        return process
    }
}

extension TemporaryFolder {
    func write(_ bytes: [UInt8], to name: String) throws -> String {
        let file = "\(path)/\(name)"
        try FileManager.default.createDirectory(
            atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        return file
    }
}

/// Sounds made from a formula.
enum Sound {
    /// 16-bit WAV of decaying 60 Hz kicks at a steady beat.
    static func kicks(bpm: Double = 120, seconds: Double = 4, rate: Int = 22_050, channels: Int = 1) -> [UInt8] {
        func little(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(value >> (8 * $0) & 255) } }
        var data: [UInt8] = []
        for index in 0..<Int(seconds * Double(rate)) {
            let time = (Double(index) / Double(rate)).truncatingRemainder(dividingBy: 60 / bpm)
            let sample = Int16(20_000 * exp(-time * 30) * sin(2 * .pi * 60 * time))
            for _ in 0..<channels { data += little(Int(UInt16(bitPattern: sample)), 2) }
        }
        return Array("RIFF".utf8) + little(36 + data.count, 4) + Array("WAVEfmt ".utf8) + little(16, 4) + little(1, 2)
            + little(channels, 2) + little(rate, 4) + little(rate * 2 * channels, 4) + little(2 * channels, 2)
            + little(16, 2) + Array("data".utf8) + little(data.count, 4) + data
    }
}
