import ArgumentParser
import Foundation
import Storage

/// `waxwing remote`: a service somewhere, from here.
struct RemoteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remote",
        abstract: "Use a service from here, with an API key.",
        discussion: """
            Environment:
              WAXWING_SERVER   http://127.0.0.1:8080, where the service is
              WAXWING_API_KEY  a key of yours, as 'waxwing users key' and POST /api/auth/keys make

            Examples:
              WAXWING_SERVER=https://sounds.example.com waxwing remote whoami
              waxwing remote upload loop.wav --wait
            """.reflowed,
        subcommands: [RemoteWhoami.self, RemoteUpload.self])
}

struct RemoteWhoami: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "whoami", abstract: "Show whose key it is, and what it is good for.",
        discussion: "Example:\n  waxwing remote whoami")

    private struct Caller: Decodable {
        let user: String
        let role: String
        let scopes: [String]?
    }

    func run() async throws {
        let caller = try await RemoteService.use { try await $0.get("/api/auth/session", as: Caller.self) }
        let scopes = caller.scopes?.joined(separator: " ") ?? "all that the user may"
        write("\(caller.user.printable)  \(caller.role.printable)  \(scopes.printable)\n")
    }
}

struct RemoteUpload: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upload", abstract: "Send files to the service, which analyses them.",
        discussion: """
            Prints each file's job; with --wait its sample, when it is done. A file that is refused is named with the reason,
            the others go on, and the exit code is 1.

            Examples:
              waxwing remote upload loop.wav
              waxwing remote upload *.wav --wait
            """.reflowed)

    @Argument(help: "Audio files.", completion: .file())
    var files: [String]

    @Flag(help: "Wait until each is analysed.")
    var wait = false

    private struct Accepted: Decodable {
        let jobId: String
        let estimatedCompletion: String
    }

    private struct JobStatus: Decodable {
        let status: String
        let sampleId: String?
        let error: String?
    }

    func run() async throws {
        let hasFailed = try await RemoteService.use { service in
            var hasFailed = false
            for file in files {
                try Task.checkCancellation()
                do {
                    write("\(try await send(file, to: service).printable)  \(file.printable)\n")
                } catch let failure as RemoteFailure {
                    hasFailed = true
                    FileProblem(path: file, reason: "\(failure)").report()
                } catch let problem as FileProblem {
                    hasFailed = true
                    problem.report()
                }
            }
            return hasFailed
        }
        if hasFailed { throw ExitCode(1) }
    }

    private func send(_ file: String, to service: RemoteService) async throws -> String {
        let accepted = try await service.upload(file, to: "/api/upload", as: Accepted.self)
        guard wait else { return "\(accepted.jobId)  \(accepted.estimatedCompletion)" }
        var pause = Duration.milliseconds(200)
        while true {
            let job = try await service.get("/api/jobs/\(accepted.jobId)", as: JobStatus.self)
            switch job.status {
            case "completed": return job.sampleId ?? accepted.jobId
            case "failed", "cancelled": throw RemoteFailure(message: job.error ?? "the job was \(job.status)")
            default: break
            }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(5))
        }
    }
}
