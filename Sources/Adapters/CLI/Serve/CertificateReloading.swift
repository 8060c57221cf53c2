import Logging
import ServiceLifecycle
import WaxwingHTTP

/// Takes up renewed certificates while the server runs.
struct CertificateReloading: Service {
    let certificate: ServerCertificate
    let logger: Logger
    var every = Duration.seconds(30)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: every)) != nil { look() }
        }
    }

    private func look() {
        do {
            if try certificate.reload() { logger.notice("a renewed certificate is shown from now on") }
        } catch {
            // Its two files may be written one after the other: the next look finds both.
            logger.warning("the certificate is not renewed", metadata: ["error": "\(error)"])
        }
    }
}
