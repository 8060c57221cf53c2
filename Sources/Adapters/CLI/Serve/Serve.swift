import ArgumentParser
import Auth
import Foundation
import ServiceLifecycle
import WaxwingHTTP
import WaxwingService

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the service: HTTP API and workers in one process.",
        discussion: """
            Needs no other service: rows are in SQLite, files in a folder. Set DATABASE_URL and S3_BUCKET, and any number of
            servers and workers share a PostgreSQL database and a bucket. Stops cleanly on SIGTERM; a restart goes on with
            what was queued.

            'waxwing config' lists all that can be set, by variables of the environment or in a file of NAME=value lines;
            'waxwing doctor' looks whether it does. The most usual:
              PORT             8080
              WAXWING_HOST     127.0.0.1
              WAXWING_URL      https://sounds.example.com, where clients reach it; needed behind a proxy
              WAXWING_DATA     ./var, the data folder, created at the first start
              WAXWING_PROFILE  self-hosted, or saas
              DATABASE_URL     postgres://user:password@host/name instead of SQLite; needs WAXWING_SECRET
              S3_BUCKET        a bucket instead of the folder, with S3_ENDPOINT, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY

            Examples:
              waxwing serve
              PORT=9000 WAXWING_DATA=/srv/waxwing waxwing serve
              waxwing serve --config /etc/waxwing.env
            """.reflowed)

    @OptionGroup
    var file: ConfigOption

    func run() async throws {
        let settings = try Settings(file: file.config)
        let places = DataPlaces(settings)
        let lock = try places.lockForServer()
        let assembly = try await Assembly(settings, places)
        let (useCases, logger) = (assembly.useCases, assembly.logger)
        defer { withExtendedLifetime(lock) {} }
        // Beside other servers, what an earlier run left behind is found when its holds run out.
        if lock != nil { try await useCases.upkeep.forgetInterruptedUploads() }
        let certificate = try settings.certificate.map { files throws(ServerCertificateError) in
            try ServerCertificate(certificate: files.file, key: files.key)
        }
        let limits = settings.limits.fitting(openFiles: OpenFiles.raiseLimit())
        let http = HTTPServer(
            useCases,
            .init(
                host: settings.host, port: settings.port, publicURL: settings.publicURL,
                metricsToken: settings.metricsToken, proxies: settings.proxies, origins: settings.origins,
                version: Waxwing.version, limits: limits, certificate: certificate),
            logger: logger)
        let name = WorkerName.own
        var services: [any Service] = useCases.workers(name: name, concurrency: settings.workers, logger: logger)
        services.append(try useCases.scheduler(name: name, logger: logger))
        services.append(KeyReloading(keys: assembly.keys))
        if let certificate { services.append(CertificateReloading(certificate: certificate, logger: logger)) }
        services.append(
            try http.service { port in
                let scheme = certificate == nil ? "http" : "https"
                let address =
                    "\(scheme)://\(settings.host.contains(":") ? "[\(settings.host)]" : settings.host):\(port)"
                say("waxwing \(Waxwing.version) listens on \(address)")
                say(settings.signIn.nextStep(at: settings.publicURL ?? address))
            })
        // The last is stopped first: nobody is sent here any more before nobody can come.
        services.append(Draining(readiness: useCases.readiness, duration: settings.drain))
        try await ServiceRunner.run(services, patience: .seconds(30) + settings.drain, logger: logger)
        await assembly.close()
    }
}

struct Work: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", abstract: "Run workers only, beside a server.",
        discussion: """
            Takes the same environment as 'waxwing serve': the data folder of a server on this machine, or the database
            and bucket it shares. Any number may run beside servers started with WAXWING_WORKERS=0 or not.

            Examples:
              WAXWING_DATA=/srv/waxwing WAXWING_WORKERS=4 waxwing worker
              DATABASE_URL=postgres://waxwing@db/waxwing WAXWING_SECRET=… S3_BUCKET=sounds waxwing worker
              WAXWING_METRICS_PORT=9090 waxwing worker
            """.reflowed)

    @OptionGroup
    var file: ConfigOption

    func run() async throws {
        let settings = try Settings(file: file.config)
        let places = DataPlaces(settings)
        let lock = try places.lockForWorker()
        let assembly = try await Assembly(settings, places)
        defer { withExtendedLifetime(lock) {} }
        let (name, useCases) = (WorkerName.own, assembly.useCases)
        var services: [any Service] = useCases.workers(
            name: name, concurrency: max(1, settings.workers), logger: assembly.logger)
        services.append(try useCases.scheduler(name: name, logger: assembly.logger))
        services.append(KeyReloading(keys: assembly.keys))
        if let metrics = metrics(settings, assembly) { services.append(metrics) }
        say("waxwing \(Waxwing.version) works on \(places.description)")
        try await ServiceRunner.run(services, logger: assembly.logger)
        await assembly.close()
    }

    /// Nil where nobody is to read them.
    private func metrics(_ settings: Settings, _ assembly: Assembly) -> (any Service)? {
        guard let port = settings.metricsPort else { return nil }
        var configuration = HTTPServer.Configuration(
            host: settings.host, port: port, metricsToken: settings.metricsToken, proxies: settings.proxies,
            limits: settings.limits)
        configuration.portSetting = ServerSetting.metricsPort.about.name
        return MetricsServer(assembly.useCases, configuration, logger: assembly.logger).service { port in
            let host = settings.host.contains(":") ? "[\(settings.host)]" : settings.host
            say("its metrics are at http://\(host):\(port)/metrics")
        }
    }
}

/// A line on standard output at once, also into a pipe.
private func say(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
}
