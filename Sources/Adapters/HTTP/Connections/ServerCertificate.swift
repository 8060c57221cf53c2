import Foundation
import NIOSSL
import Synchronization

/// The certificate and key that the server shows, from two PEM files. Renewed files are taken up while it runs.
public final class ServerCertificate: Sendable {
    private struct Loaded {
        var context: NIOSSLContext
        var stamp: Stamp
    }

    private struct Stamp: Equatable {
        let certificate, key: Date?
    }

    private let certificateFile, keyFile: String
    private let loaded: Mutex<Loaded>

    /// - Parameters:
    ///   - certificate: the file of the server's certificate, and those that vouch for it behind it.
    ///   - key: the file of its private key, without a password.
    /// - Throws: ``ServerCertificateError``.
    public init(certificate: String, key: String) throws(ServerCertificateError) {
        (certificateFile, keyFile) = (certificate, key)
        let stamp = Self.stamp(certificate, key)
        loaded = Mutex(Loaded(context: try Self.load(certificate, key), stamp: stamp))
    }

    /// For the handshakes that begin now.
    var context: NIOSSLContext { loaded.withLock { $0.context } }

    /// Looks whether the files are others than before.
    ///
    /// - Returns: whether they were, and are shown from now on.
    /// - Throws: ``ServerCertificateError``; then the former ones are shown on.
    public func reload() throws(ServerCertificateError) -> Bool {
        let stamp = Self.stamp(certificateFile, keyFile)
        guard loaded.withLock({ $0.stamp != stamp }) else { return false }
        let context = try Self.load(certificateFile, keyFile)
        loaded.withLock { $0 = Loaded(context: context, stamp: stamp) }
        return true
    }

    private static func stamp(_ certificate: String, _ key: String) -> Stamp {
        func changed(_ file: String) -> Date? {
            let attributes = try? FileManager.default.attributesOfItem(
                atPath: URL(filePath: file).resolvingSymlinksInPath().path)
            return attributes?[.modificationDate] as? Date
        }
        return Stamp(certificate: changed(certificate), key: changed(key))
    }

    private static func load(_ certificate: String, _ key: String) throws(ServerCertificateError) -> NIOSSLContext {
        guard let chain = try? NIOSSLCertificate.fromPEMFile(certificate), !chain.isEmpty else {
            throw .noCertificate(certificate)
        }
        guard let privateKey = try? NIOSSLPrivateKey(file: key, format: .pem) else { throw .noKey(key) }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(privateKey))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["h2", "http/1.1"]
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw .mismatch(certificate: certificate, key: key)
        }
    }
}

public enum ServerCertificateError: Error, Equatable, CustomStringConvertible {
    case noCertificate(String)
    case noKey(String)
    case mismatch(certificate: String, key: String)

    public var description: String {
        switch self {
        case .noCertificate(let file): "there is no PEM certificate to be read in '\(file)': name the full chain's file"
        case .noKey(let file): "there is no PEM private key to be read in '\(file)': name one that has no password"
        case .mismatch(let certificate, let key):
            "the key in '\(key)' is not that of the certificate in '\(certificate)': name two that were made together"
        }
    }
}
