import Foundation
import Storage

/// Looks at everything that a service stands on. Each look has its time, and what one finds stops no other.
struct Doctor {
    let settings: Settings
    let places: DataPlaces

    /// How long one look may take.
    static let patience = Duration.seconds(20)

    /// - Parameter path: of the file of settings; nil for that of the environment.
    static func examine(file path: String?) async -> [Finding] {
        let source: SettingSource
        do {
            source = try SettingSource.ofProcess(file: path)
        } catch {
            return [.failing("settings", "\(error)", "give a file that can be read, or none")]
        }
        let warnings = source.warnings.map { Finding.warning("settings", $0, "correct or remove it") }
        do {
            let doctor = Doctor(settings: try Settings(source))
            let file = path ?? source.merged[ProcessSetting.config.about.name]
            return doctor.settingsFindings(file: file) + warnings + (await doctor.examine())
        } catch {
            let problems = (error as? SettingProblems)?.sentences ?? ["\(error)"]
            return problems.map { .failing("settings", $0, "'waxwing config' shows what is set, and where") } + warnings
                + machineFindings()
        }
    }

    private init(settings: Settings) {
        (self.settings, places) = (settings, DataPlaces(settings))
    }

    private func examine() async -> [Finding] {
        var findings = addressFindings() + Self.machineFindings() + folderFindings()
        findings += await databaseFindings()
        findings += await objectFindings()
        findings += await outsideFindings()
        return findings
    }

    /// Does the work, unless it takes too long.
    static func timely<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
        try await withThrowingTaskGroup(of: Value.self) { group in
            group.addTask { try await work() }
            group.addTask {
                try await Task.sleep(for: patience)
                throw StartError("no answer within \(patience.components.seconds) s")
            }
            defer { group.cancelAll() }
            guard let value = try await group.next() else { throw CancellationError() }
            return value
        }
    }

    /// How far a clock elsewhere is from this one.
    ///
    /// - Parameters:
    ///   - theirs: the time it told.
    ///   - asked: when it was asked, by this machine's clock.
    ///   - told: when it had answered. What lies between is nobody's fault.
    static func clockFinding(_ subject: String, _ theirs: Timestamp, asked: Timestamp, told: Timestamp) -> Finding {
        let seconds = (theirs < asked ? theirs - asked : theirs > told ? theirs - told : .zero).inSeconds
        let away = abs(seconds)
        let words = "\(Int(min(away, 1e9).rounded())) s \(seconds < 0 ? "behind" : "ahead of") this machine's"
        return switch away {
        case ..<5: .ok(subject, "agrees with this machine's")
        case ..<60: .warning(subject, words, "let both machines ask a time server (chrony, systemd-timesyncd)")
        default:
            .failing(
                subject, words,
                "let both machines ask a time server: tokens, leases and signed links are refused by then")
        }
    }
}
