extension String {
    /// Paragraphs on one line each, for a help that is wrapped to the width of the terminal; indented lines stay.
    var reflowed: String {
        var lines: [String] = []
        for line in split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            if let last = lines.last, Self.isText(last), Self.isText(line) {
                lines[lines.count - 1] = last + " " + line
            } else {
                lines.append(line)
            }
        }
        return lines.joined(separator: "\n")
    }

    private static func isText(_ line: String) -> Bool { !line.isEmpty && !line.hasPrefix(" ") }
}
