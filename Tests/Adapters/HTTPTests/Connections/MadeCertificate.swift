import Foundation
import StorageTestKit

@testable import WaxwingHTTP

/// A certificate for `localhost` that vouches for itself, made for one test.
struct MadeCertificate {
    static let tool = ["/usr/bin/openssl", "/opt/homebrew/bin/openssl", "/usr/local/bin/openssl"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    private let folder: TemporaryFolder
    var file: String { folder.path + "/certificate.pem" }
    var key: String { folder.path + "/key.pem" }

    init() throws {
        folder = try TemporaryFolder()
        let process = Process()
        process.executableURL = URL(filePath: Self.tool ?? "/usr/bin/openssl")
        process.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=waxwing test", "-addext", "subjectAltName=DNS:localhost",
            "-keyout", folder.path + "/key.pem", "-out", folder.path + "/certificate.pem",
        ]
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.start()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
    }

    func certificate() throws -> ServerCertificate { try ServerCertificate(certificate: file, key: key) }

    func write(_ text: String) throws { try Data(text.utf8).write(to: URL(filePath: file)) }

    func become(_ other: MadeCertificate) throws {
        for (from, to) in [(other.key, key), (other.file, file)] {
            try Data(contentsOf: URL(filePath: from)).write(to: URL(filePath: to))
        }
    }
}
