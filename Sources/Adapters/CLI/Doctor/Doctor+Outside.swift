import AudioCore
import Foundation
import WaxwingProviders

extension Doctor {
    /// Programs and services that were set, and are somebody else's.
    func outsideFindings() async -> [Finding] {
        var findings: [Finding] = []
        if let ffmpeg = settings.ffmpeg { findings.append(Self.programFinding(ffmpeg.executable)) }
        if let mail = settings.signIn.mail { findings.append(await Self.mailFinding(mail)) }
        if let payments = settings.payments { findings.append(.ok("payments", payments.summary)) }
        return findings
    }

    private static func programFinding(_ path: String) -> Finding {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = ["-version"]
        (process.standardInput, process.standardOutput) = (FileHandle.nullDevice, FileHandle.nullDevice)
        process.standardError = FileHandle.nullDevice
        do {
            try process.run()
            process.waitUntilExit()
        } catch {
            return .failing("ffmpeg", "\(path) cannot be run", "install ffmpeg, or unset WAXWING_FFMPEG")
        }
        guard process.terminationStatus == 0 else {
            return .failing("ffmpeg", "\(path) does not work", "install ffmpeg anew, or unset WAXWING_FFMPEG")
        }
        return .ok("ffmpeg", path)
    }

    private static func mailFinding(_ mail: MailSettings) async -> Finding {
        do {
            return .ok("mail", "\(try await timely { try await mail.check() }) would take a mail")
        } catch {
            return .failing(
                "mail", "\(error)", "look at WAXWING_SMTP_URL: the host, its port, the user and the password")
        }
    }
}
