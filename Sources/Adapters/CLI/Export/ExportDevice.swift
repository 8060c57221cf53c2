import ArgumentParser
import AudioCore

/// What a card is written for.
enum ExportDevice: String, CaseIterable, ExpressibleByArgument {
    /// A project.
    case sp404mkii
    /// The card of an SP-404SX or SP-404A.
    case sp404sx
    /// Sounds to be imported one by one.
    case `import`
}

/// Where on a card.
enum ExportPlace: String, CaseIterable, ExpressibleByArgument {
    case export, `import`, roland

    func ofProject() -> ProjectPlan.Place { ProjectPlan.Place(rawValue: rawValue) ?? .export }

    /// - Throws: `ValidationError` for a place that card does not have.
    func ofSX() throws -> SXCardPlan.Place {
        guard let place = SXCardPlan.Place(rawValue: rawValue) else {
            let places = SXCardPlan.Place.allCases.map(\.rawValue).joined(separator: " or ")
            throw ValidationError("--place \(rawValue): for an SP-404SX it is \(places)")
        }
        return place
    }
}

extension ImportLayout: ExpressibleByArgument {}
extension ImportPlan.Format: ExpressibleByArgument {}
