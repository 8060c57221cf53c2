import AudioCore
import Foundation

/// What is said of a kit after it was built.
struct KitBuildReport {
    private let built: BuiltKit
    private let count: Int
    private let file: String

    /// - Parameters:
    ///   - built: the kit.
    ///   - count: sounds that were looked at.
    ///   - file: where it was written; with `-` all goes to standard error.
    init(_ built: BuiltKit, from count: Int, file: String) {
        (self.built, self.count, self.file) = (built, count, file)
    }

    func show() {
        for sound in built.unfit { FileProblem(path: sound.sample, reason: "not chosen: \(sound.reason)").report() }
        let text = ([headline] + empty).map { $0 + "\n" }.joined()
        if file == "-" { FileHandle.standardError.write(Data(text.utf8)) } else { write(text) }
    }

    private var headline: String {
        let key = built.frame.key.map { ", \($0.tonic.rawValue) \($0.scale.rawValue)" } ?? ""
        let pads = built.kit.pads.count
        return "\(file.printable): \(pads) \(pads == 1 ? "pad" : "pads") of \(count) sounds, "
            + String(format: "%g BPM", built.kit.bpm) + "\(key); \(built.left) left over"
    }

    /// Pads of one kind that are empty for one reason on one line.
    private var empty: [String] {
        var order: [String] = []
        var pads: [String: [String]] = [:]
        for pad in built.empty {
            let why = "no \(pad.wanted): \(pad.reason)"
            if pads[why] == nil { order.append(why) }
            pads[why, default: []].append(pad.address.description)
        }
        return order.map { "  \((pads[$0] ?? []).joined(separator: " ")) empty, \($0)" }
    }
}
