import AudioCore
import SampleLibrary
import Storage

/// What a card is made for, and how.
public struct ExportTarget: Codable, Equatable, Sendable {
    public enum Device: String, Codable, CaseIterable, Sendable {
        /// A project of an SP-404MKII.
        case sp404mkii
        /// The card of an SP-404SX or SP-404A.
        case sp404sx
        /// Sounds to be imported one by one.
        case `import`

        /// Of the ZIP file of a card of that name.
        func filename(of name: String) -> String { "\(name) \(rawValue).zip" }
    }

    public var device: Device
    /// 1…16; nil for 1.
    public var project: Int?
    /// Where on the card: `export`, `import`, `roland`; nil for where the device plays from.
    public var place: String?
    /// Folders of IMPORT: see ``ImportLayout``; nil for `flat`, of a kit for `kit`.
    public var layout: String?
    /// Files of IMPORT, `wav` or `aiff`; nil for `wav`.
    public var format: String?
    /// Adds silence to sounds shorter than 0.1 s.
    public var lengthens: Bool

    public init(
        _ device: Device, project: Int? = nil, place: String? = nil, layout: String? = nil, format: String? = nil,
        lengthens: Bool = false
    ) {
        (self.device, self.project, self.place) = (device, project, place)
        (self.layout, self.format, self.lengthens) = (layout, format, lengthens)
    }

    /// - Throws: ``ServiceError`` `.invalid` for a value that there is not, and one that the device has no use for.
    func check() throws(ServiceError) {
        if let project, !ProjectPlan.numbers.contains(project) {
            throw .invalid(field: "project", "'project' is a number from 1 to 16")
        }
        try check("place", place, places)
        try check("layout", layout, ImportLayout.allCases.map(\.rawValue))
        try check("format", format, ImportPlan.Format.allCases.map(\.rawValue))
        try check("project", project != nil, for: [.sp404mkii])
        try check("place", place != nil, for: [.sp404mkii, .sp404sx])
        try check("layout", layout != nil, for: [.import])
        try check("format", format != nil, for: [.import])
    }

    private var places: [String] {
        device == .sp404sx
            ? SXCardPlan.Place.allCases.map(\.rawValue) : ProjectPlan.Place.allCases.map(\.rawValue)
    }

    private func check(_ field: String, _ value: String?, _ known: [String]) throws(ServiceError) {
        guard let value, !known.contains(value) else { return }
        throw .invalid(field: field, "'\(field)' is one of \(known.joined(separator: ", "))")
    }

    private func check(_ field: String, _ isGiven: Bool, for devices: [Device]) throws(ServiceError) {
        guard isGiven, !devices.contains(device) else { return }
        let names = devices.map(\.rawValue).joined(separator: " or ")
        throw .invalid(field: field, "'\(field)' is for the device \(names): leave it out")
    }

    /// Frames per second of its files.
    var sampleRate: Int { device == .sp404sx ? 44_100 : 48_000 }
}

/// What is exported, as it was when it was asked for. Pads and samples are named by their identifiers.
struct ExportOrder: Codable, Equatable, Sendable {
    let target: ExportTarget
    let name: String
    /// Nil for samples by themselves.
    let kit: Kit?
    /// In order; empty where there is a kit.
    let samples: [SampleID]

    /// The samples it needs, each once.
    var needed: [SampleID] {
        var seen: Set<SampleID> = []
        return (samples + (kit?.pads.compactMap { SampleID($0.sample) } ?? [])).filter { seen.insert($0).inserted }
    }

    /// The kit, or loose samples on pads in their order; nil where a device has no pads for them.
    func kit(on pads: [PadAddress]) -> Kit {
        kit ?? Kit(name: name, pads: zip(pads, samples).map { KitPad($0, sample: $1.text) })
    }
}
