import AudioCore
import Auth
import HTTPTypes
import Hummingbird
import SampleLibrary
import Storage
import WaxwingService

/// `/api/samples/{id}/…`: what can be told of a sample, and done with it.
struct SampleWorkRoutes: RouteGroup {
    static let chapter = "Samples"
    let library: Library
    let work: SampleWork
    let pictures: SamplePictures

    var routes: [Route] {
        [
            Route(
                .post, "/api/samples/batch", "changeSamples",
                "Tags, untags, hides, restores, purges or analyses up to 100 samples; what became of each.", use: batch),
            Route(
                .get, "/api/samples/{id}/similar", "listSimilarSamples", "Samples that sound like one, nearest first.",
                query: [
                    Self.limit, QueryParameter("max_distance", .number, "Only those at most so far away."),
                ], use: similar),
            Route(
                .get, "/api/samples/{id}/matches", "listMatchingSamples",
                "Samples that can be brought into the key and tempo of one, the least change first.",
                query: [
                    Self.limit, QueryParameter("shift", .integer(0...6), "Semitones at most; 3 where it is left out."),
                    QueryParameter("stretch", .number, "Percent at most; 8 where it is left out."),
                ], use: matches),
            Route(
                .post, "/api/samples/{id}/analyze", "analyzeSample",
                "Analyses a sample once more; corrections and tags stay.", status: .accepted, use: analyze),
            Route(
                .post, "/api/samples/{id}/normalize", "normalizeSample",
                "Makes a copy at one loudness or peak, kept for a week.", status: .accepted, use: normalize),
            Route(
                .get, "/api/samples/{id}/waveform", "drawWaveform",
                "The waveform as a picture, or as data for players (audiowaveform, version 2).",
                query: [
                    QueryParameter("format", .oneOf(["png", "json", "dat"]), "Else told by `Accept`; `png`."),
                    Self.width, Self.height,
                    QueryParameter("points", .integer(Drawing.points), "Of data, at most; 400 where it is left out."),
                    QueryParameter("shape", .oneOf(WaveformStyle.Shape.allCases.map(\.rawValue)), "Of a picture."),
                ],
                answers: [
                    AnswerDescription(.ok, .bytes("image/png"), Self.outline, .bytes("application/octet-stream"))
                ], use: waveform),
            Route(
                .get, "/api/samples/{id}/spectrogram", "drawSpectrogram", "The spectrum over time as a picture.",
                query: [
                    Self.width, Self.height,
                    QueryParameter("colors", .oneOf(ColorMap.allCases.map(\.rawValue)), "Quiet to loud."),
                ], answers: [AnswerDescription(.ok, .bytes("image/png"))], use: spectrogram),
        ]
    }

    private static let limit = QueryParameter(
        "limit", .integer(Library.mostNeighbours), "How many at most; 20 where it is left out.")
    private static let width = QueryParameter("width", .integer(Drawing.widths), "Pixels.")
    private static let height = QueryParameter("height", .integer(Drawing.heights), "Pixels.")
    private static let outline = MediaDescription("application/json") { _ in
        let numbers = ["version", "channels", "sample_rate", "samples_per_pixel", "bits", "length"]
        return .object(
            numbers.map { Schema.Member(name: $0, schema: .integer(), isRequired: true) }
                + [Schema.Member(name: "data", schema: .list(.integer()), isRequired: true)])
    }

    @Sendable private func batch(
        _ form: SampleBatchForm, _ request: Request, context: APIContext
    ) async throws -> [SampleOutcomeView] {
        let batch = try SampleBatch(action: form.action, ids: form.ids, tags: form.tags)
        return try await work.change(batch, of: context.requirePrincipal()).map(SampleOutcomeView.init)
    }

    @Sendable private func similar(_ request: Request, context: APIContext) async throws -> [SimilarSampleView] {
        try await library.similar(
            to: context.sampleID(), of: context.requirePrincipal(), limit: request.number("limit") ?? 20,
            within: request.decimal("max_distance").map { Float($0) }
        ).map(SimilarSampleView.init)
    }

    @Sendable private func matches(_ request: Request, context: APIContext) async throws -> [MatchingSampleView] {
        try await library.matches(
            for: context.sampleID(), of: context.requirePrincipal(), limit: request.number("limit") ?? 20,
            shift: request.number("shift") ?? 3, stretch: request.decimal("stretch") ?? 8
        ).map(MatchingSampleView.init)
    }

    @Sendable private func analyze(_ request: Request, context: APIContext) async throws -> AcceptedUploadView {
        AcceptedUploadView(
            try await work.analyze(context.sampleID(), of: context.requirePrincipal(), once: context.ticket))
    }

    @Sendable private func normalize(
        _ form: LevelingForm?, _ request: Request, context: APIContext
    ) async throws -> AcceptedUploadView {
        let leveling = try form?.leveling() ?? Leveling()
        return AcceptedUploadView(
            try await work.level(
                context.sampleID(), leveling, of: context.requirePrincipal(), once: context.ticket))
    }

    @Sendable private func waveform(_ request: Request, context: APIContext) async throws -> Response {
        let format = try request.parameter("format") ?? request.headers[.accept].map(Self.format(accepting:)) ?? "png"
        if let data = WaveformData.Format(rawValue: format) {
            return try await answer(.outline(data, checking: request.number("points")), context)
        }
        guard format == "png" else {
            throw InvalidRequest(field: "format", choices: ["png", "json", "dat"])
        }
        let shape = try request.choice("shape") ?? WaveformStyle.Shape.rms
        return try await answer(.waveform(size(request, usual: .waveform), shape), context)
    }

    @Sendable private func spectrogram(_ request: Request, context: APIContext) async throws -> Response {
        let colors = try request.choice("colors") ?? ColorMap.magma
        return try await answer(.spectrogram(size(request, usual: .spectrogram), colors), context)
    }

    /// The first of the two that is named; who takes anything gets a picture.
    private static func format(accepting header: String) -> String {
        let types = header.lowercased().split(separator: ",").map { part in
            part.prefix { $0 != ";" }.trimmingPrefix { $0 == " " }
        }
        return types.first { $0.hasPrefix("image/") || $0.hasPrefix("application/json") }
            .map { $0.hasPrefix("image/") ? "png" : "json" } ?? "png"
    }

    private func size(_ request: Request, usual: PictureSize) throws -> PictureSize {
        try Drawing.size(width: request.number("width"), height: request.number("height"), usual: usual)
    }

    private func answer(_ drawing: Drawing, _ context: APIContext) async throws -> Response {
        let picture = try await pictures.picture(drawing, of: context.sampleID(), for: context.requirePrincipal())
        var response = Response(
            picture.body, isPart: false, contentType: drawing.contentType, downloadName: picture.name,
            cacheControl: "private, max-age=3600")
        // It is made whole, or not at all.
        response.headers[.acceptRanges] = nil
        response.headers[.vary] = "Accept"
        return response
    }
}
