import ArgumentParser
import WaxwingHTTP

/// How commands end. The numbers above 63 are those of `sysexits.h`; users find them in `Docs/Commands/README.md`.
///
/// 0 is done, and 64 (`EX_USAGE`) comes from the parser: the command line itself is wrong.
extension ExitCode {
    /// Something that was asked for could not be done; what it was is on standard error. All else was done.
    static let someFailed = ExitCode(1)
    /// `EX_UNAVAILABLE`: the service did not answer.
    static let unavailable = ExitCode(69)
    /// `EX_IOERR`: what was to be printed could not be written.
    static let outputLost = ExitCode(74)
    /// `EX_PROTOCOL`: what answered is no service of this kind.
    static let notUnderstood = ExitCode(76)
    /// `EX_NOPERM`: the API key is missing, dead, or not good for that.
    static let notPermitted = ExitCode(77)
    /// `EX_CONFIG`: a setting is wrong.
    static let misconfigured = ExitCode(78)
    /// Control-C, as shells count it.
    static let interrupted = ExitCode(130)
}

/// An error that ends the program with a code of its own.
protocol ExitCoded: Error {
    var exitCode: ExitCode { get }
}

extension SettingsError: ExitCoded {
    var exitCode: ExitCode { .misconfigured }
}

extension SettingProblems: ExitCoded {
    var exitCode: ExitCode { .misconfigured }
}

extension ServerCertificateError: ExitCoded {
    var exitCode: ExitCode { .misconfigured }
}
