import AudioCore
import SampleLibrary

extension Key {
    /// `A minor`.
    public var name: String { "\(tonic.rawValue) \(scale.rawValue)" }

    /// By its name, or its place on the Camelot wheel: `A minor`, `8A`.
    public init?(asked text: String) {
        let words = text.split(separator: " ")
        if let key = Key(camelot: text.uppercased()) {
            self = key
        } else if words.count == 2, let tonic = PitchClass(rawValue: words[0].uppercased()),
            let scale = Scale(rawValue: words[1].lowercased())
        {
            self.init(tonic, scale)
        } else {
            return nil
        }
    }
}
