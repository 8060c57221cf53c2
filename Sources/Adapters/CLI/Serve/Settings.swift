import AudioCore
import Auth
import Billing
import Foundation
import Jobs
import Logging
import Storage
import StorageS3
import WaxwingHTTP

/// What an operator may set, read from the environment and a file. Wrong values stop the start, with a sentence for each.
struct Settings {
    var host = "127.0.0.1"
    var port = 8080
    /// Under which clients reach this server, without a slash at its end; else each as it named the server itself.
    var publicURL: String?
    /// The data folder.
    var data = "./var"
    /// A PostgreSQL server instead of the database in the data folder.
    var postgres: PostgresSetting?
    /// A bucket instead of the files in the data folder.
    var s3: S3Configuration?
    /// What access tokens are signed with instead of the installation's own key.
    var jwtSecret: Secret?
    var plans: PlanBook
    /// In which the jobs of plans with a delay start.
    var quietHours = QuietHours.standard
    /// Jobs at once in this process; 0 for none.
    var workers: Int
    var metricsToken: String?
    /// Where a worker without a server tells its metrics; nil for nowhere.
    var metricsPort: Int?
    /// Whose word on where requests come from is taken.
    var proxies: TrustedProxies
    /// Sites whose pages may call this service from browsers.
    var origins: AllowedOrigins
    /// How many connections there may be, and how slow.
    var limits = ConnectionLimits()
    /// The files of the certificate and key that the server shows; nil for plain HTTP.
    var certificate: (file: String, key: String)?
    /// How people and programs sign in.
    var signIn: SignInSettings
    /// How money is taken; nil for a service that takes none.
    var payments: PaymentSettings?
    /// What describes sounds; nil for rules alone.
    var ai: AISettings?
    /// Whether files are fetched from addresses that users name.
    var fetchesURLs = false
    var logLevel = Logger.Level.info
    /// Decodes M4A and AAC, where switched on.
    var ffmpeg: FFmpeg?
    /// How long a server that is stopped says so before it takes no more connections.
    var drain = Duration.zero
    /// What looks wrong, and stops nothing.
    let warnings: [String]

    /// - Throws: ``SettingProblems``, with a sentence for each setting that is wrong.
    init(_ source: SettingSource) throws {
        var reader = SettingReader(source)
        host = reader.read(ServerSetting.host) ?? host
        port = reader.read(ServerSetting.port) ?? port
        publicURL = reader.read(ServerSetting.url)
        let environment = reader.read(ProcessSetting.environment)
        signIn = SignInSettings(&reader, host: host, publicURL: publicURL)
        payments = PaymentSettings(&reader, host: host, publicURL: publicURL)
        ai = AISettings(&reader)
        fetchesURLs = reader.read(AISetting.fetchesURLs) ?? false
        data = reader.read(StorageSetting.data) ?? data
        postgres = PostgresSetting(&reader)
        s3 = Self.s3(&reader)
        jwtSecret = reader.read(PeopleSetting.jwtSecret)
        workers = reader.read(WorkSetting.workers) ?? ProcessInfo.processInfo.activeProcessorCount
        metricsToken = reader.read(ServerSetting.metricsToken)
        metricsPort = reader.read(ServerSetting.metricsPort)
        drain = .seconds(reader.read(ServerSetting.drain) ?? 0)
        proxies = Self.proxies(&reader)
        certificate = Self.certificate(&reader)
        if let count = reader.read(ServerSetting.connections) { limits.connections = count }
        if let count = reader.read(ServerSetting.connectionsPerAddress) { limits.connectionsPerAddress = count }
        origins = reader.read(ServerSetting.origins) ?? .none
        logLevel = reader.read(ServerSetting.logLevel) ?? logLevel
        ffmpeg = reader.read(WorkSetting.ffmpeg)
        quietHours = reader.read(WorkSetting.quietHours) ?? quietHours
        let plans = Self.plans(&reader)
        environment?.check(publicURL: publicURL, &reader)
        try reader.finish()
        guard let plans else { throw StartError("there are no plans: set WAXWING_PLANS or WAXWING_PROFILE") }
        (self.plans, warnings) = (plans, source.warnings)
    }

    /// Of this process.
    ///
    /// - Parameter file: instead of that which `WAXWING_CONFIG` names.
    init(file: String? = nil) throws {
        try self.init(.ofProcess(file: file))
    }

    /// `S3_BUCKET` alone moves the objects: `AWS_…` may be set for other programs.
    private static func s3(_ reader: inout SettingReader) -> S3Configuration? {
        if reader.isSet(StorageSetting.bucket) {
            let environment = reader.all
            return reader.attempt { try S3Configuration(environment: environment) }
        }
        if reader.isSet(StorageSetting.endpoint) {
            reader.note(
                "S3_ENDPOINT is set, but not S3_BUCKET: name the bucket, or unset both to keep files in a folder")
        }
        return nil
    }

    private static func proxies(_ reader: inout SettingReader) -> TrustedProxies {
        let header = reader.read(ServerSetting.proxyHeader) ?? .xForwardedFor
        guard let list = reader.read(ServerSetting.proxies) else { return .none }
        return reader.attempt {
            guard let proxies = TrustedProxies(list, header: header) else {
                throw SettingsError(
                    name: "WAXWING_TRUSTED_PROXIES", value: list,
                    expected: "the addresses or networks of your proxies, as '127.0.0.1, 10.0.0.0/8, 2001:db8::/32'")
            }
            return proxies
        } ?? .none
    }

    /// One file without the other is of no use.
    private static func certificate(_ reader: inout SettingReader) -> (file: String, key: String)? {
        switch (reader.read(ServerSetting.certificate), reader.read(ServerSetting.certificateKey)) {
        case (nil, nil): return nil
        case (let file?, let key?): return (file, key)
        case (_?, nil): reader.note("WAXWING_TLS_CERTIFICATE needs WAXWING_TLS_KEY: the file of its private key")
        case (nil, _?): reader.note("WAXWING_TLS_KEY needs WAXWING_TLS_CERTIFICATE: the file of its certificate")
        }
        return nil
    }

    /// The plans alone, whatever else is set.
    static func plansOfEnvironment(
        _ environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws -> PlanBook {
        var reader = SettingReader(try .ofProcess(environment))
        guard let plans = Self.plans(&reader) else { throw SettingProblems(sentences: reader.problems) }
        return plans
    }

    /// - Returns: nil when something is wrong with them.
    private static func plans(_ reader: inout SettingReader) -> PlanBook? {
        if reader.isSet(WorkSetting.plans) { return reader.read(WorkSetting.plans) }
        let isNamed = reader.isSet(WorkSetting.profile)
        guard let profile = reader.read(WorkSetting.profile) ?? (isNamed ? nil : .selfHosted) else { return nil }
        return reader.attempt { try profile.book }
    }
}

extension ProcessSetting.Environment {
    /// What would not do there.
    fileprivate func check(publicURL: String?, _ reader: inout SettingReader) {
        let isTestKey = reader.read(PaymentSetting.key).map { $0.dropFirst(2).hasPrefix("_test_") }
        switch self {
        case .production:
            if isTestKey == true {
                reader.note(
                    "STRIPE_KEY is one for tests, and WAXWING_ENVIRONMENT is production: nobody would pay; take the live key"
                )
            }
            if publicURL?.lowercased().hasPrefix("http://") == true {
                reader.note(
                    "WAXWING_URL is http, and WAXWING_ENVIRONMENT is production: passwords would be seen on the way; take https"
                )
            }
        case .development, .staging:
            if isTestKey == false {
                reader.note(
                    "STRIPE_KEY takes real money, and WAXWING_ENVIRONMENT is \(rawValue): take a key for tests (sk_test_…)"
                )
            }
        }
    }
}
