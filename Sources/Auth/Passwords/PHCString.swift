import Foundation

/// The spelling of password hashes: `$function$parameters$salt$hash` (P-H-C string format). Strict: one value, one
/// spelling.
enum PHCString {
    static let longest = 256

    /// The values of `m=19456,t=2,p=1`: exactly these names in this order, plain decimal numbers of up to six digits.
    static func numbers(_ names: [String], in text: some StringProtocol) -> [Int]? {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count == names.count else { return nil }
        let values = zip(names, parts).compactMap { name, part -> Int? in
            let digits = part.dropFirst(name.count + 1)
            guard part.hasPrefix("\(name)="), digits.utf8.count <= 6, let value = Int(digits), "\(value)" == digits
            else { return nil }
            return value
        }
        return values.count == names.count ? values : nil
    }

    /// Base64 without padding.
    static func text(_ bytes: [UInt8]) -> String {
        String(Data(bytes).base64EncodedString().prefix { $0 != "=" })
    }

    static func bytes(_ text: some StringProtocol) -> [UInt8]? {
        let text = String(text)
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: text + padding) else { return nil }
        let bytes = Array(data)
        return Self.text(bytes) == text ? bytes : nil
    }
}
