/// A cell of a table in CSV. Source: RFC 4180.
public enum CSVCell {
    /// In quotes where it must be.
    public static func quoted(_ text: String) -> String {
        // Scalars, not characters: CR LF is one character and would hide both.
        guard text.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }

    /// As spreadsheets take it for what it is: what begins like a formula gets a `'` before it. For what people look at; where
    /// programs read the cell, it is ``quoted(_:)``.
    ///
    /// Source: OWASP, "CSV Injection".
    public static func plain(_ text: String) -> String {
        let isFormula = text.unicodeScalars.first.map { "=+-@\t\r\n".unicodeScalars.contains($0) } ?? false
        return quoted(isFormula ? "'" + text : text)
    }
}
