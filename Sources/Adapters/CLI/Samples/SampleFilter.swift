import ArgumentParser

/// Which samples: as `GET /api/samples` takes it.
struct SampleFilter: ParsableArguments {
    @Option(help: "one-shot, loop or song; several with commas between them.")
    var kind: String?

    @Option(help: "As kick; several with commas between them.")
    var role: String?

    @Option(name: .customLong("bpm-min"), help: .init("Beats per minute, at least.", valueName: "bpm"))
    var bpmMin: Double?

    @Option(name: .customLong("bpm-max"), help: .init("Beats per minute, at most.", valueName: "bpm"))
    var bpmMax: Double?

    @Option(help: "As 8A or 'A minor'.")
    var key: String?

    @Flag(help: "Keys that mix well with it, too.")
    var compatible = false

    @Option(name: .customLong("duration-min"), help: .init("Seconds, at least.", valueName: "s"))
    var durationMin: Double?

    @Option(name: .customLong("duration-max"), help: .init("Seconds, at most.", valueName: "s"))
    var durationMax: Double?

    @Option(help: "All of these, with commas between them.")
    var tags: String?

    @Option(help: .init("What is in a collection.", valueName: "id"))
    var collection: String?

    @Flag(help: "Those that are hidden.")
    var hidden = false

    @Option(help: "newest, name, bpm, key, duration or loudness; -name is the other direction.")
    var sort: String?

    func validate() throws {
        guard !compatible || key != nil else { throw ValidationError("--compatible needs --key") }
        for (name, value) in [("bpm-min", bpmMin), ("bpm-max", bpmMax)] + [
            ("duration-min", durationMin), ("duration-max", durationMax),
        ] where value.map({ !$0.isFinite || $0 < 0 }) == true {
            throw ValidationError("--\(name) is 0 or more")
        }
    }

    var query: [(String, String)] {
        func pair(_ name: String, _ value: String?) -> [(String, String)] { value.map { [(name, $0)] } ?? [] }
        func pair(_ name: String, _ value: Double?) -> [(String, String)] { pair(name, value.map { "\($0)" }) }
        return pair("kind", kind) + pair("role", role) + pair("bpm_min", bpmMin) + pair("bpm_max", bpmMax)
            + pair("key", key) + pair("compatible", compatible ? "true" : nil) + pair("duration_min", durationMin)
            + pair("duration_max", durationMax) + pair("tags", tags) + pair("collection", collection)
            + pair("hidden", hidden ? "true" : nil) + pair("sort", sort)
    }
}
