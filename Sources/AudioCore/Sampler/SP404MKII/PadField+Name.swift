extension PadRecord.Field {
    /// As JSON has it: `loop_start`.
    public var name: String {
        "\(self)".unicodeScalars.reduce(into: "") { name, letter in
            name += letter.properties.isUppercase ? "_" + letter.properties.lowercaseMapping : String(letter)
        }
    }
}
