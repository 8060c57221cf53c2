import AudioCore
import Foundation

/// A project for the eye.
struct ProjectTable {
    private let project: Project
    private var configuration: PadConfiguration { project.configuration }

    init(_ project: Project) { self.project = project }

    var text: String { head + pads + patterns + files + problems }

    private var used: [PadAddress] { PadAddress.all.filter { !configuration.pads[$0.index].isEmpty } }

    private var head: String {
        let name = configuration.name.map { "\($0.text), " } ?? ""
        let tempo = Self.short(configuration.settings.bpm)
        let follow = configuration.settings.usesProjectTempo ? "for all banks" : "but banks have their own"
        let banks = (0..<PadConfiguration.banks).compactMap(bank).joined()
        return "\(name)version \(configuration.version.rawValue), \(tempo) BPM \(follow), "
            + "\(used.count) of \(PadAddress.all.count) pads\n" + banks
    }

    /// `nil` for a bank of which there is nothing to say.
    private func bank(_ index: Int) -> String? {
        let settings = configuration.settings
        var words: [String] = []
        if settings.bpm(ofBank: index) != settings.bpm {
            words.append("\(Self.short(settings.bpm(ofBank: index))) BPM")
        }
        if settings.volume(ofBank: index) != 127 { words.append("volume \(settings.volume(ofBank: index))") }
        if settings.isProtected(bank: index) { words.append("protected") }
        let letter = PadAddress.letter(ofBank: index)
        return words.isEmpty ? nil : "bank \(letter): \(words.joined(separator: ", "))\n"
    }

    private var pads: String {
        if used.isEmpty { return "" }
        return "\nPAD  NAME                       SECONDS  CH  LEVEL  PAN     BPM  PLAYS\n" + used.map(row).joined()
    }

    private func row(_ address: PadAddress) -> String {
        let record = configuration.pads[address.index]
        let sample = project.samples[address]
        let seconds = sample.map { String(format: "%9.3f", Double($0.frames) / Double(SampleFile.sampleRate)) }
        let numbers = String(format: "%5d  %3d  %6.2f", record[.level], record[.pan], record.bpm)
        let channels = sample.map { " \($0.channels)" } ?? " -"
        let line =
            "\(address)".padded(to: 5) + configuration.padNames[address.index].text.padded(to: 25)
            + (seconds ?? "        -") + "  " + channels + "  " + numbers + "  " + plays(address, record)
        return line.trimmedRight + "\n"
    }

    /// What is not as on a new pad.
    private func plays(_ address: PadAddress, _ record: PadRecord) -> String {
        let modes = ["", "reverse", "ping-pong", "reverse ping-pong"]
        let mode = record[.playMode]
        var words = [(record[.gate], "gate"), (record.isLooped ? 1 : 0, "loop"), (record[.reverse], "reversed")]
            .filter { $0.0 != 0 }.map(\.1)
        words.append(modes.indices.contains(mode) ? modes[mode] : "mode \(mode)")
        words += [(record.isOneShot, "one-shot"), (record.hasFixedVelocity, "fixed velocity")].filter(\.0).map(\.1)
        if record[.tempoSync] != 0 { words.append("sync") }
        if record[.pitch] != 0 { words.append("pitch \(record[.pitch])") }
        if record[.fineTune] != 0 { words.append("fine \(record[.fineTune])") }
        if record[.stretch] != 10_000 { words.append("stretch \(Self.short(Double(record[.stretch]) / 100)) %") }
        if record[.muteGroup] != 0 { words.append("mute \(record[.muteGroup])") }
        if record[.padLink] != 0 { words.append("link \(record[.padLink])") }
        if record[.bus] != 1 { words.append(record[.bus] == 0 ? "dry" : "bus \(record[.bus])") }
        let chops = configuration.chopPoints(of: address).count
        if chops > 0 { words.append("\(chops) chops") }
        return words.filter { !$0.isEmpty }.joined(separator: ", ")
    }

    private var patterns: String {
        let lines = project.patterns.compactMap { address in
            (try? project.pattern(address)).map { "\(address)".padded(to: 5) + PatternDrawing($0).summary + "\n" }
        }
        return lines.isEmpty ? "" : "\nPatterns\n" + lines.joined()
    }

    private var files: String {
        let names = project.otherFiles.map { "     \($0.printable)\n" }
        return names.isEmpty ? "" : "\nOther files\n" + names.joined()
    }

    private var problems: String {
        let lines = project.problems.map { "\($0.severity.rawValue): \($0)".printable + "\n" }
        return lines.isEmpty ? "" : "\nProblems\n" + lines.joined()
    }

    /// To a hundredth, without zeros at its end.
    private static func short(_ number: Double) -> String {
        number == number.rounded() ? String(format: "%.0f", number) : String(format: "%.2f", number)
    }
}
