import Foundation

@testable import AudioCore

/// A plan that was carried out below a folder that stands for a card.
struct CarriedOut {
    /// Of the plan.
    let folder: String
    /// Of the pads, where there are any.
    let samples: [PadAddress: CardSample]

    init(_ plan: some CardPlan, below card: String) throws {
        let folder = "\(card)/\(plan.folder)"
        var samples: [Int: CardSample] = [:]
        for (index, item) in plan.items.enumerated() {
            let parent = ("\(folder)/\(item.target)" as NSString).deletingLastPathComponent
            try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
            samples[index] = try plan.convert(index, in: folder)
        }
        try plan.complete(samples, in: folder)
        let ofPads = samples.compactMap { index, sample in plan.items[index].pad.map { ($0, sample) } }
        (self.folder, self.samples) = (folder, Dictionary(ofPads) { first, _ in first })
    }
}
