import Foundation
import NIOSSL
import StorageTestKit

/// A certificate that vouches for itself, made for one test.
struct TestCertificate {
    /// `openssl`, without which nothing of TLS is tested.
    static let tool = ["/usr/bin/openssl", "/opt/homebrew/bin/openssl", "/usr/local/bin/openssl"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }
    static let hint = "install openssl to check TLS"

    private let folder: TemporaryFolder
    /// In PEM, to be trusted.
    var file: String { folder.path + "/certificate.pem" }

    /// - Parameter names: as `DNS:hooks.example` or `IP:127.0.0.1`.
    init(_ names: String...) throws {
        folder = try TemporaryFolder()
        let process = Process()
        process.executableURL = URL(filePath: Self.tool ?? "/usr/bin/openssl")
        process.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=waxwing test", "-addext", "subjectAltName=\(names.joined(separator: ","))",
            "-keyout", folder.path + "/key.pem", "-out", file,
        ]
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.start()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
    }

    /// For a server that presents it.
    func server() throws -> NIOSSLContext {
        try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: NIOSSLCertificate.fromPEMFile(file).map { .certificate($0) },
                privateKey: .privateKey(NIOSSLPrivateKey(file: folder.path + "/key.pem", format: .pem))))
    }
}
