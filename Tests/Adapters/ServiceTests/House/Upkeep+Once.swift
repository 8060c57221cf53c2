@testable import WaxwingService

extension Upkeep {
    /// Every part, one after another; one that fails does not keep the others from running, as if each were a job.
    func once() async {
        for part in UpkeepPart.allCases { try? await run(part) }
    }
}
