import AudioCore
import Logging
import Storage
import WaxwingHTTP

/// Where the service is, and who looks after it.
enum ServerSetting {
    static let port = Setting("PORT", in: 0...65535, standard: "`8080`", "0 for any that is free.")
    static let host = Setting(
        "WAXWING_HOST", standard: "`127.0.0.1`",
        """
        From other machines browsers sign in over https only, through a proxy: over http they keep the session's cookie just \
        from `http://127.0.0.1` and `http://localhost`.
        """)
    static let url = Setting(
        "WAXWING_URL", standard: "as the client named the server",
        """
        `https://sounds.example.com`: where clients reach the server, for the links it gives, and where its pages come from; \
        needed behind a proxy, for mail and for providers.
        """
    ) { text in
        guard let base = try? LinkBase(text), base.hasHost, base.path.isEmpty else {
            throw StartError(
                "WAXWING_URL must be an address like https://sounds.example.com: http or https, a host and perhaps a port, "
                    + "and nothing else; the API is served at /api below it")
        }
        return base.text
    }
    static let proxies = Setting(
        "WAXWING_TRUSTED_PROXIES", standard: "none",
        """
        Behind a reverse proxy: its address or network, `127.0.0.1, 10.0.0.0/8`. Its word on where requests come from is taken, \
        for limits by address; without it all clients share the proxy's.
        """)
    static let proxyHeader = Setting(
        "WAXWING_PROXY_HEADER", standard: "`X-Forwarded-For`",
        """
        The one header in which those proxies say it; or `Forwarded`. They must write it themselves, and not only pass it on. \
        `X-Forwarded-Proto` is read beside the former.
        """
    ) { text in
        guard let header = TrustedProxies.Header(ofAnyCase: text) else {
            throw SettingsError(
                name: "WAXWING_PROXY_HEADER", value: text,
                expected: "one of " + TrustedProxies.Header.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return header
    }
    static let certificate = Setting(
        "WAXWING_TLS_CERTIFICATE",
        """
        A PEM file, the certificate with its chain: the server is reached by https then, by HTTP/2 or HTTP/1.1. Renewed files \
        are taken up within a minute.
        """)
    static let certificateKey = Setting(
        "WAXWING_TLS_KEY", "The PEM file of its private key, without a password.")
    static let connections = Setting(
        "WAXWING_CONNECTIONS", in: 16...1_000_000, standard: "`10000`",
        """
        At once, as far as the limit of open files allows. Who comes beyond is told so (503), and `/api/health` is answered.
        """)
    static let connectionsPerAddress = Setting(
        "WAXWING_CONNECTIONS_PER_ADDRESS", in: 1...1_000_000, standard: "`256`",
        "Of one IPv4 address or IPv6 /64; trusted proxies may have more.")
    static let origins = Setting(
        "WAXWING_CORS_ORIGINS", standard: "none",
        """
        `https://app.example.com, http://localhost:5173`: sites whose pages may call this service, with a token; each by name.
        """
    ) { list in
        do throws(AllowedOriginsError) {
            return try AllowedOrigins(list)
        } catch {
            throw StartError("WAXWING_CORS_ORIGINS: \(error)")
        }
    }
    static let metricsToken = Setting(
        "WAXWING_METRICS_TOKEN", isSecret: true,
        "Who may read `/api/metrics` from elsewhere; without it, this machine only.")
    static let metricsPort = Setting(
        "WAXWING_METRICS_PORT", in: 0...65535, standard: "none",
        """
        Where `waxwing worker` tells its metrics, at `/metrics` of `WAXWING_HOST`, to whom a server tells them at `/api/metrics`; 0 \
        for any that is free.
        """)
    static let drain = Setting(
        "WAXWING_DRAIN_SECONDS", in: 0...300, standard: "`0`",
        """
        How long `/api/ready` says 503 before a server that is stopped takes no more connections: as long as a proxy in front \
        takes to see it.
        """)
    static let logLevel = Setting<Logger.Level>(
        choice: "WAXWING_LOG_LEVEL", standard: "`info`", "`debug` says more, `warning` less.")

    static let all = [
        port.about, host.about, url.about, proxies.about, proxyHeader.about, certificate.about, certificateKey.about,
        connections.about, connectionsPerAddress.about, origins.about, metricsToken.about, metricsPort.about,
        drain.about, logLevel.about,
    ]
}
