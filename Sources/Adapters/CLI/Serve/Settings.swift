import AudioCore
import Auth
import Billing
import Foundation
import Jobs
import Logging
import Storage
import StorageS3
import WaxwingHTTP

/// What an operator may set, read from the environment. A wrong value stops the start with a sentence that names it.
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
    /// Whose word on where requests come from is taken.
    var proxies: TrustedProxies
    /// How people and programs sign in.
    var signIn: SignInSettings
    var logLevel = Logger.Level.info
    /// Decodes M4A and AAC, where switched on.
    var ffmpeg: FFmpeg?

    init(_ environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        func number(_ name: String, in range: ClosedRange<Int>, default standard: Int) throws -> Int {
            guard let text = value(name) else { return standard }
            guard let number = Int(text), range.contains(number) else {
                throw SettingsError(
                    name: name, value: text, expected: "a number from \(range.lowerBound) to \(range.upperBound)")
            }
            return number
        }
        host = value("WAXWING_HOST") ?? host
        port = try number("PORT", in: 0...65535, default: port)
        publicURL = try value("WAXWING_URL").map(Self.publicURL)
        signIn = try SignInSettings(environment, host: host, publicURL: publicURL)
        data = value("WAXWING_DATA") ?? data
        postgres = try value("DATABASE_URL").map { url in
            try PostgresSetting(
                url: url, secret: value("WAXWING_SECRET"),
                connections: number("WAXWING_DATABASE_CONNECTIONS", in: 2...1000, default: 10))
        }
        s3 = try Self.s3(environment)
        jwtSecret = try value("JWT_SECRET").map(Self.jwtSecret)
        workers = try number("WAXWING_WORKERS", in: 0...256, default: ProcessInfo.processInfo.activeProcessorCount)
        metricsToken = value("WAXWING_METRICS_TOKEN")
        proxies = try Self.proxies(value("WAXWING_TRUSTED_PROXIES"), header: value("WAXWING_PROXY_HEADER"))
        if let text = value("WAXWING_LOG_LEVEL") {
            guard let level = Logger.Level(rawValue: text) else {
                throw SettingsError(
                    name: "WAXWING_LOG_LEVEL", value: text,
                    expected: "one of " + Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))
            }
            logLevel = level
        }
        ffmpeg = try value("WAXWING_FFMPEG").map(Self.ffmpeg)
        quietHours = try value("WAXWING_QUIET_HOURS").map(Self.quietHours) ?? quietHours
        plans = try Self.plans(file: value("WAXWING_PLANS"), profile: value("WAXWING_PROFILE"))
    }

    /// - Throws: a sentence without the value, which may hold a password.
    private static func publicURL(_ text: String) throws -> String {
        guard let base = try? LinkBase(text), base.hasHost, base.path.isEmpty else {
            throw StartError(
                "WAXWING_URL must be an address like https://sounds.example.com: http or https, a host and perhaps a port, "
                    + "and nothing else; the API is served at /api below it")
        }
        return base.text
    }

    /// `S3_BUCKET` alone moves the objects: `AWS_…` may be set for other programs.
    private static func s3(_ environment: [String: String]) throws -> S3Configuration? {
        func isSet(_ name: String) -> Bool { environment[name]?.isEmpty == false }
        if isSet("S3_BUCKET") { return try S3Configuration(environment: environment) }
        guard !isSet("S3_ENDPOINT") else {
            throw StartError(
                "S3_ENDPOINT is set, but not S3_BUCKET: name the bucket, or unset both to keep files in a folder")
        }
        return nil
    }

    private static func jwtSecret(_ text: String) throws -> Secret {
        let secret = Secret(Array(text.utf8))
        guard secret.bytes.count >= 32 else {
            throw StartError(
                "JWT_SECRET is shorter than 32 bytes: make one as by 'openssl rand -hex 32', or unset it to sign with the "
                    + "installation's own key")
        }
        return secret
    }

    private static func ffmpeg(_ text: String) throws -> FFmpeg {
        guard let ffmpeg = text == "on" ? .installed() : FFmpeg(executable: text) else {
            throw SettingsError(
                name: "WAXWING_FFMPEG", value: text,
                expected: "'on', with ffmpeg installed, or the absolute path of that program")
        }
        return ffmpeg
    }

    private static func quietHours(_ text: String) throws -> QuietHours {
        guard let hours = QuietHours(text) else {
            throw SettingsError(
                name: "WAXWING_QUIET_HOURS", value: text,
                expected: "two times of the day and perhaps a time zone, as '01:00-06:00 Europe/Amsterdam'")
        }
        return hours
    }

    private static func proxies(_ list: String?, header: String?) throws -> TrustedProxies {
        guard let header = TrustedProxies.Header(ofAnyCase: header ?? TrustedProxies.Header.xForwardedFor.rawValue)
        else {
            throw SettingsError(
                name: "WAXWING_PROXY_HEADER", value: header ?? "",
                expected: "one of " + TrustedProxies.Header.allCases.map(\.rawValue).joined(separator: ", "))
        }
        guard let list else { return .none }
        guard let proxies = TrustedProxies(list, header: header) else {
            throw SettingsError(
                name: "WAXWING_TRUSTED_PROXIES", value: list,
                expected: "the addresses or networks of your proxies, as '127.0.0.1, 10.0.0.0/8, 2001:db8::/32'")
        }
        return proxies
    }

    private static func plans(file: String?, profile: String?) throws -> PlanBook {
        if let file { return try PlanBook(file: file) }
        guard let profile else { return try PlanProfile.selfHosted.book }
        guard let known = PlanProfile(rawValue: profile) else {
            throw SettingsError(
                name: "WAXWING_PROFILE", value: profile,
                expected: "one of " + PlanProfile.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return try known.book
    }
}

struct SettingsError: Error, CustomStringConvertible {
    let name: String
    let value: String
    let expected: String

    var description: String { "\(name) is '\(value)', but must be \(expected)" }
}
