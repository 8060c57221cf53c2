/// Makes names unique within their folders, without regard to case: `kick`, `kick_2`, `kick_3`.
///
/// The first of its name keeps it, however many others there are; the others are numbered in their order, past names
/// that others have. The same list always gives the same names.
///
/// - Complexity: O(names), however many are alike.
struct UniqueNames {
    /// As FAT compares them.
    private var taken: Set<String> = []
    /// The next number to try behind a text.
    private var next: [String: Int] = [:]

    /// - Parameter wanted: folders, and ASCII names of at most ``DeviceName/mostCharacters`` in them.
    /// - Returns: the names, in the order of `wanted`.
    static func names(for wanted: [(folder: String, name: String)]) -> [String] {
        var unique = UniqueNames()
        let isFirst = wanted.map { unique.take($0.folder, $0.name) }
        return zip(wanted, isFirst).map { wish, isFirst in
            isFirst ? wish.name : unique.numbered(wish.folder, wish.name)
        }
    }

    private mutating func take(_ folder: String, _ name: String) -> Bool {
        taken.insert("\(folder)/\(name)".lowercased()).inserted
    }

    /// Numbers are counted by what stands before them after cutting, as names that differ only behind the cut meet.
    private mutating func numbered(_ folder: String, _ name: String) -> String {
        var (digits, first, beyond) = (1, 2, 10)
        while true {
            let start = String(name.prefix(DeviceName.mostCharacters - 1 - digits))
            let counter = "\(folder)/\(start)/\(digits)".lowercased()
            var number = next[counter] ?? first
            defer { next[counter] = number }
            while number < beyond {
                let candidate = "\(start)_\(number)"
                number += 1
                if take(folder, candidate) { return candidate }
            }
            (digits, first, beyond) = (digits + 1, beyond, beyond * 10)
        }
    }
}
