import AudioCore
import Foundation
import StrictJSON

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

    func show(isJSON: Bool) {
        for sound in built.unfit { FileProblem(path: sound.sample, reason: "not chosen: \(sound.reason)").report() }
        let text = isJSON ? JSONOutput.text(json) + "\n" : ([headline] + empty).map { $0 + "\n" }.joined()
        if file == "-" { FileHandle.standardError.write(Data(text.utf8)) } else { write(text) }
    }

    private var json: JSONValue {
        [
            "file": .string(file), "sounds": .integer(Int64(count)), "pads": .integer(Int64(built.kit.pads.count)),
            "bpm": .number(built.kit.bpm), "key": key.map(JSONValue.string) ?? .null,
            "left": .integer(Int64(built.left)),
            "empty": .array(
                built.empty.map {
                    ["pad": .string("\($0.address)"), "wanted": .string($0.wanted), "reason": .string($0.reason)]
                }),
            "unfit": .array(built.unfit.map { ["sample": .string($0.sample), "reason": .string($0.reason)] }),
        ]
    }

    private var key: String? { built.frame.key.map { "\($0.tonic.rawValue) \($0.scale.rawValue)" } }

    private var headline: String {
        let key = key.map { ", \($0)" } ?? ""
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
