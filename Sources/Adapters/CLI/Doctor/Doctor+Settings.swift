import Foundation
import WaxwingHTTP

extension Doctor {
    func settingsFindings(file path: String?) -> [Finding] {
        var findings = [Finding.ok("settings", "the service would start with them")]
        if let path, !path.isEmpty, let mode = Self.mode(of: path), mode & 0o077 != 0 {
            findings.append(
                .warning(
                    "settings",
                    "the file \(path) may be read by others on this machine (mode \(String(mode, radix: 8)))",
                    "chmod 600 \(path)"))
        }
        return findings
    }

    /// Whether those can come who are meant to, and nobody sees what they say.
    func addressFindings() -> [Finding] {
        let isOpen = !["127.0.0.1", "::1", "localhost"].contains(settings.host)
        guard let url = settings.publicURL else {
            if !isOpen { return [.ok("address", "for this machine only, port \(settings.port)")] }
            return [
                .warning(
                    "address", "others reach the server, and WAXWING_URL is not set",
                    "set WAXWING_URL to the address they know it by, so that links and the rules of browsers fit")
            ]
        }
        var findings: [Finding] = []
        if url.lowercased().hasPrefix("http://"), !Self.isOnThisMachine(url) {
            findings.append(
                .warning(
                    "address", "passwords and tokens go to \(url) in the clear",
                    "put a proxy with a certificate in front, and set WAXWING_URL to https://…"))
        }
        if url.lowercased().hasPrefix("https://"), settings.proxies == .none, settings.certificate == nil {
            findings.append(
                .warning(
                    "proxies",
                    "\(url) ends at a proxy, and WAXWING_TRUSTED_PROXIES is not set: all clients share its limits",
                    "set WAXWING_TRUSTED_PROXIES to the address of the proxy, as 127.0.0.1"))
        }
        return findings.isEmpty ? [.ok("address", url)] : findings
    }

    private static func isOnThisMachine(_ url: String) -> Bool {
        guard let host = URLComponents(string: url)?.host else { return false }
        return ["127.0.0.1", "[::1]", "::1", "localhost"].contains(host)
    }

    /// The permissions of a file; nil where there is none.
    static func mode(of path: String) -> Int? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return (attributes?[.posixPermissions] as? NSNumber)?.intValue
    }
}
