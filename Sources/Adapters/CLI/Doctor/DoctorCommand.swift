import ArgumentParser

/// `waxwing doctor`: whether the service would be well, and how to mend what is not.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look whether the service is well, and say how to mend what is not.",
        discussion: """
            Takes the same settings as 'waxwing serve', which may run meanwhile. Nothing is changed; a small object is put
            into the store under health/ and removed again.

            Ends with exit code 0 when all is well, 1 when there is a warning, 2 when something is failing.

            With --live only the server on this machine is asked whether it is well: for those who ask every few seconds, as
            the health check of a container.

            Examples:
              waxwing doctor
              waxwing doctor --live
              waxwing doctor --config /etc/waxwing.env --json
            """.reflowed)

    @OptionGroup
    var file: ConfigOption

    @Flag(help: "Only ask the server that runs here.")
    var live = false

    @Flag(help: "Print JSON.")
    var json = false

    private struct Report: Encodable {
        let state: Finding.State
        let findings: [Finding]
    }

    func run() async throws {
        let findings = live ? [await liveFinding()] : await Doctor.examine(file: file.config)
        if json {
            JSONOutput.print(Report(state: findings.state, findings: findings))
        } else {
            write(findings.text)
        }
        switch findings.state {
        case .ok: break
        case .warning: throw ExitCode(1)
        case .failing: throw ExitCode(2)
        }
    }

    private func liveFinding() async -> Finding {
        guard let settings = try? Settings(file: file.config) else {
            return .failing("settings", "no server starts with them", "'waxwing config' says what is wrong")
        }
        let isSecure = settings.certificate != nil
        guard let server = LiveServer(host: settings.host, port: settings.port, isSecure: isSecure) else {
            return .failing("server", "PORT is 0, so nobody knows where it is", "set PORT to a number")
        }
        return await server.finding()
    }
}
