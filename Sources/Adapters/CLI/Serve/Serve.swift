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

            Environment:
              PORT                    8080
              WAXWING_HOST            127.0.0.1
              WAXWING_URL             https://sounds.example.com, where clients reach it, for links; needed behind a proxy
              WAXWING_TRUSTED_PROXIES 127.0.0.1, 10.0.0.0/8: whose word on where requests come from is taken; none
              WAXWING_PROXY_HEADER    X-Forwarded-For, or Forwarded: the one header those proxies write
              WAXWING_DATA            ./var, the data folder, created at the first start
              WAXWING_PROFILE         self-hosted, or saas
              WAXWING_PLANS           a plan file instead of a profile ('waxwing plans template')
              WAXWING_QUIET_HOURS     01:00-06:00 UTC; the jobs of plans with a delay start then; or '23:00-05:00 Asia/Tokyo'
              WAXWING_WORKERS         jobs at once; as many as cores; 0 for none
              WAXWING_METRICS_TOKEN   who may read /api/metrics from elsewhere
              WAXWING_LOG_LEVEL       info
              WAXWING_FFMPEG          'on', or the path of ffmpeg: M4A and AAC are taken too
              DATABASE_URL            postgres://user:password@host/name instead of SQLite; needs WAXWING_SECRET
              WAXWING_SECRET          32 bytes or more, the same on all servers: seals the keys in the database
              WAXWING_DATABASE_CONNECTIONS  10
              WAXWING_REGISTRATION    open, invitation or closed: who may make an account
              WAXWING_VERIFY_EMAIL    on: addresses are confirmed by mail before anybody signs in
              WAXWING_ALLOWED_EMAILS  ada@example.com, @example.org: nobody else is let in
              WAXWING_SMTP_URL        smtps://user:password@host, smtp:// (STARTTLS), or smtp+plain://127.0.0.1:25
              WAXWING_MAIL_FROM       Sounds <sounds@example.com>
              WAXWING_OPENID_PROVIDERS
                                      providers of OpenID Connect, a JSON list: [{"name": "google", "client_id": "…",
                                      "client_secret": "…"}]; see Docs/SignIn.md
              WAXWING_OPENID_LINK_EMAILS
                                      on: who comes from a provider gets the account with the same confirmed address
              WAXWING_JWT_ISSUERS     services with tokens of their own: [{"issuer": "…", "audience": "…", "jwks_url": "…"}]
              WAXWING_ACCESS_TEAM, WAXWING_ACCESS_AUDIENCE
                                      Cloudflare Access in front: team.cloudflareaccess.com, and the application's tag
              WAXWING_BYPASS_AUTH     on: nobody needs to sign in; only with WAXWING_ENVIRONMENT=development, on this machine
              JWT_SECRET              32 bytes or more: signs access tokens (HS256) instead of a key that
                                      'waxwing keys rotate' can change
              S3_BUCKET, S3_ENDPOINT, S3_REGION, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY
                                      a bucket of its own instead of the folder, where S3_BUCKET is set; AWS_ names and
                                      profiles are taken for the rest
              S3_ADDRESSING           path, or virtual: where the bucket's name goes

            Examples:
              waxwing serve
              PORT=9000 WAXWING_DATA=/srv/waxwing waxwing serve
            """.reflowed)

    func run() async throws {
        let settings = try Settings()
        let places = DataPlaces(settings)
        let lock = try places.lockForServer()
        let assembly = try await Assembly(settings, places)
        let (useCases, logger) = (assembly.useCases, assembly.logger)
        defer { withExtendedLifetime(lock) {} }
        // Beside other servers, what an earlier run left behind is found when its holds run out.
        if lock != nil { try await useCases.upkeep.forgetInterruptedUploads() }
        let http = HTTPServer(
            useCases,
            .init(
                host: settings.host, port: settings.port, publicURL: settings.publicURL,
                metricsToken: settings.metricsToken, proxies: settings.proxies),
            logger: logger)
        let name = WorkerName.own
        var services: [any Service] = useCases.workers(name: name, concurrency: settings.workers, logger: logger)
        services.append(try useCases.scheduler(name: name, logger: logger))
        services.append(KeyReloading(keys: assembly.keys))
        services.append(
            http.service { port in
                let address = "http://\(settings.host.contains(":") ? "[\(settings.host)]" : settings.host):\(port)"
                say("waxwing \(Waxwing.version) listens on \(address)")
                say(settings.signIn.nextStep(at: settings.publicURL ?? address))
            })
        try await ServiceRunner.run(services, logger: logger)
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
            """.reflowed)

    func run() async throws {
        let settings = try Settings()
        let places = DataPlaces(settings)
        let lock = try places.lockForWorker()
        let assembly = try await Assembly(settings, places)
        defer { withExtendedLifetime(lock) {} }
        let (name, useCases) = (WorkerName.own, assembly.useCases)
        var services: [any Service] = useCases.workers(
            name: name, concurrency: max(1, settings.workers), logger: assembly.logger)
        services.append(try useCases.scheduler(name: name, logger: assembly.logger))
        services.append(KeyReloading(keys: assembly.keys))
        say("waxwing \(Waxwing.version) works on \(places.description)")
        try await ServiceRunner.run(services, logger: assembly.logger)
    }
}

/// A line on standard output at once, also into a pipe.
private func say(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
}
