import ArgumentParser
import Foundation
import StrictJSON

struct SamplesList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls",
        abstract: "List samples, the newest first.",
        discussion: """
            Examples:
              waxwing samples ls
              waxwing samples ls --kind loop --sort bpm --all
              waxwing samples ls --all --json | jq '.[].filename'
            """.reflowed)

    @OptionGroup var filter: SampleFilter
    @OptionGroup var listing: SampleListing

    func run() async throws { try await listing.print(filter.query) }
}

struct SamplesSearch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Find samples by words of their names, tags and roles.",
        discussion: """
            Examples:
              waxwing samples search dusty guitar
              waxwing samples search kick --duration-max 1 --json
            """.reflowed)

    @Argument(help: "Words, or beginnings of some.")
    var words: [String]

    @OptionGroup var filter: SampleFilter
    @OptionGroup var listing: SampleListing

    func run() async throws { try await listing.print([("q", words.joined(separator: " "))] + filter.query) }
}

/// How much of a list of samples is printed, and how.
struct SampleListing: ParsableArguments {
    @Option(help: "At most so many.")
    var limit = 100

    @Flag(help: "All there are.")
    var all = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var colors: ColorOptions
    @OptionGroup var remote: RemoteOptions

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit must be 1 or more") }
    }

    func print(_ query: [(String, String)]) async throws {
        let (most, isJSON, style) = (all ? Int.max : limit, json, colors.style)
        try await remote.use { service, line in
            var list = isJSON ? JSONList(isSingle: false) : nil
            var (left, cursor): (Int, String?) = (most, nil)
            if !isJSON { write(style.bold(SampleLine.header) + "\n") }
            repeat {
                let page = try await service.page(
                    "/api/samples", query + [("limit", "\(min(left, 200))")], after: cursor)
                line.clear()
                for item in page.items.prefix(left) {
                    if isJSON { list?.add(item) } else { write(SampleLine(item).text + "\n") }
                }
                left -= min(left, page.items.count)
                cursor = page.next == cursor || page.items.isEmpty ? nil : page.next
            } while left > 0 && cursor != nil
            list?.end()
        }
    }
}

/// A sample on one line, for people.
struct SampleLine {
    static let header = line("SAMPLE", "KIND", "ROLE", "LENGTH", "TEMPO", "KEY", "FILE")
    private static let widths = [36, 8, 10, 8, 10, 8]

    let text: String

    /// - Parameter sample: as the service tells of it; what it does not tell is a dash.
    init(_ sample: JSONValue) {
        let features = sample["audio_features"]
        let measured = features?["key"].flatMap { key in
            let names = [key["tonic"]?.string, key["scale"]?.string].compactMap(\.self)
            return key.string ?? (names.isEmpty ? nil : names.joined(separator: " "))
        }
        let length = sample["duration"]?.double ?? features?["duration"]?.double
        text = Self.line(
            sample["id"]?.string ?? "–", sample["kind"]?.string ?? features?["kind"]?.string ?? "–",
            sample["role"]?.string ?? features?["role"]?["role"]?.string ?? features?["role"]?.string ?? "–",
            length.map { String(format: "%.2f s", $0) } ?? "–",
            (sample["bpm"]?.double ?? features?["bpm"]?.double).map { String(format: "%.2f BPM", $0) } ?? "–",
            sample["key"]?.string ?? measured ?? "–", sample["filename"]?.string ?? "–")
    }

    private static func line(_ cells: String...) -> String {
        cells.enumerated().map { index, cell in
            let cell = cell.printable
            guard index < widths.count else { return cell }
            return cell + String(repeating: " ", count: max(0, widths[index] - cell.count))
        }.joined(separator: "  ")
    }
}
