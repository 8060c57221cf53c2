/// Why a text is no cron expression. What was found is quoted, cut to a few characters.
public enum CronError: Error, Equatable, Sendable {
    /// There are not five fields.
    case fieldCount(Int)
    case unknownMacro(String)
    case value(CronField, found: String)
    case backwards(CronField, found: String)
    case step(CronField, found: String)
    /// No day of any year is meant, as by 30 February.
    case neverFires(String)
    case unknownTimeZone(String)

    static func quoted(_ text: some StringProtocol) -> String {
        let cut = String(text.prefix(40))
        return (cut.utf8.count < text.utf8.count ? cut + "…" : cut).debugDescription
    }
}

extension CronError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .fieldCount(let count):
            "\(count) fields where cron has five: minute, hour, day of month, month, day of week, with spaces between"
        case .unknownMacro(let found):
            "\(found) is unknown: use \(CronExpression.macros.keys.sorted().joined(separator: ", ")), or five fields"
        case .value(let field, let found):
            "\(found) is not allowed as \(field.rawValue): use \(field.allowed)"
        case .backwards(let field, let found):
            "the range \(found) of the \(field.rawValue) runs backwards: write the smaller end first, or two ranges"
        case .step(let field, let found):
            """
            the step in \(found) of the \(field.rawValue) is not allowed: write 1 to \(field.range.upperBound) \
            after '*/' or a range, as '*/5' or '\(field.range.lowerBound)-\(field.range.upperBound)/5'
            """
        case .neverFires(let expression):
            "\(expression) means no day of any year: check the day of month against the months"
        case .unknownTimeZone(let name):
            "no time zone \(name) is known here: use an IANA name, as 'Europe/Berlin' or 'UTC'"
        }
    }
}

extension CronField {
    fileprivate var allowed: String {
        let numbers = "\(range.lowerBound) to \(range.upperBound)"
        let words = names.isEmpty ? "" : ", names as '\(names[1])'"
        return "\(numbers)\(words), '*', ranges as '1-5', steps as '*/5', and lists of these with commas"
    }
}
