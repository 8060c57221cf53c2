import ArgumentParser
import AudioCore
import SampleLibrary
import Storage
import StrictJSON
import WaxwingService

struct KitsBuild: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build",
        abstract: "Have a service choose samples for the pads of a kit.",
        discussion: """
            By the rules of 'waxwing kit build', out of all samples that are shown, or out of those that are named. The same
            samples and the same --seed give the same kit.

            Examples:
              waxwing kits build --name 'Night drive' --bpm 92
              waxwing kits build --around 3b241101-e2bb-4255-8caf-4136c566a962 --count 16
              waxwing samples ls --tags dusty --all --json | jq -r '.[].id' | xargs waxwing kits build --name Dusty
            """.reflowed)

    @Argument(help: "Samples to choose from, by their ids; by default all.")
    var samples: [SampleID] = []

    @Option(help: "Name of the kit, 1 to 31 ASCII characters.")
    var name: String?

    @Option(help: "How many pads to fill, 1 to 16.")
    var count = KitOrder.usualCount

    @Option(help: "Beats per minute, 40 to 200; by default the median of the loops.")
    var bpm: Double?

    @Option(help: "0 takes the best sample for each pad, any other number picks among the good ones.")
    var seed: UInt64 = 0

    @Option(help: "A sample that the others are to go with.")
    var around: SampleID?

    @Option(help: "A kit whose empty pads are to be filled, in a copy.")
    var complete: KitID?

    @Option(help: "What the kit is for.")
    var device = ExportTarget.Device.sp404mkii

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var remote: RemoteOptions

    private struct Order: Encodable {
        let name: String?
        let samples: [String]?
        let count: Int
        let bpm: Double?
        let seed: UInt64
        let around, completing: String?
        let device: String
    }

    func validate() throws {
        guard bpm.map({ Kit.tempi.contains($0) }) ?? true else { throw ValidationError("--bpm is 40 to 200") }
    }

    func run() async throws {
        let order = Order(
            name: name, samples: samples.isEmpty ? nil : samples.map(\.text), count: count, bpm: bpm, seed: seed,
            around: around?.text, completing: complete?.text, device: device.rawValue)
        let built: JSONValue = try await remote.use { service, _ in try await service.post("/api/kits/build", order) }
        if json { return JSONOutput.print(built) }
        let kit = built["kit"]
        var text =
            "\(kit?["id"].word ?? "–")  \(kit?["name"].word ?? "–"): \(kit?["pads"]?.items.count ?? 0) pads "
            + "of \(built["considered"].word) samples, \(built["bpm"].word) BPM\n"
        for empty in built["empty"]?.items ?? [] {
            text += "  \(empty["pad"].word) empty, no \(empty["wanted"].word): \(empty["reason"].word)\n"
        }
        for unfit in built["unfit"]?.items ?? [] {
            text += "  \(unfit["sample"].word) not chosen: \(unfit["reason"].word)\n"
        }
        write(text)
    }
}

extension ExportTarget.Device: ExpressibleByArgument {}
