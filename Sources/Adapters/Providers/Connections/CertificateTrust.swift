import NIOCore
import NIOSSL

/// Whose certificates prove the name of a server.
public enum CertificateTrust: Hashable, Sendable {
    /// The authorities that the system trusts.
    case system
    /// Those, and the certificates in a PEM file: a private authority's, or a server's own.
    case systemAnd(file: String)
}

/// The certificates to trust cannot be read.
public struct CertificateTrustProblem: Error, Equatable, Sendable, CustomStringConvertible {
    public let file: String?

    public var description: String {
        file.map { "no certificates in '\($0)': name a readable PEM file" }
            ?? "the system's certificates cannot be read: install the package ca-certificates"
    }
}

extension CertificateTrust {
    func context() throws(CertificateTrustProblem) -> NIOSSLContext {
        let configuration = try configuration()
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw CertificateTrustProblem(file: nil)
        }
    }

    func configuration() throws(CertificateTrustProblem) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        // Who closes, as when the time is over, has nothing to wait for: least of all for a server that says nothing.
        configuration.shutdownTimeout = .milliseconds(500)
        if case .systemAnd(let file) = self {
            do {
                let certificates = try NIOSSLCertificate.fromPEMFile(file)
                guard !certificates.isEmpty else { throw CertificateTrustProblem(file: file) }
                configuration.additionalTrustRoots = [.certificates(certificates)]
            } catch {
                throw CertificateTrustProblem(file: file)
            }
        }
        return configuration
    }
}
