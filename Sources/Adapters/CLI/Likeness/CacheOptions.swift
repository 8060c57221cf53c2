import ArgumentParser

/// Where records of analysed files are kept.
struct CacheOptions: ParsableArguments {
    @Option(
        help: "File that keeps what was analysed; by default waxwing/sounds in $XDG_CACHE_HOME or ~/.cache.",
        completion: .file())
    var cache: String?

    @Flag(help: "Analyse everything anew and keep nothing.")
    var noCache = false

    func validate() throws {
        guard cache == nil || !noCache else { throw ValidationError("--cache and --no-cache exclude each other") }
    }

    var path: String? { noCache ? nil : cache ?? RecordCache.usualPath }
}
