/// Every setting that there is, in the order in which they are told.
enum KnownSettings {
    static let all: [AboutSetting] =
        ServerSetting.all + WorkSetting.all + StorageSetting.all + PeopleSetting.all + PaymentSetting.all
        + AISetting.all
        + ProcessSetting.all

    /// With those of commands that speak to a server, and other names of the same.
    static let names = Set((all + CommandSetting.all).flatMap { [$0.name] + $0.aliases })

    /// The one that was perhaps meant: within two slips of the keyboard, or three in a long name.
    static func nearest(to name: String) -> String? {
        let name = name.uppercased()
        guard name.utf8.count <= 64 else { return nil }
        let ranked = names.sorted().map { (name: $0, distance: distance($0, name)) }
        guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
        return best.distance <= (name.utf8.count > 12 ? 3 : 2) ? best.name : nil
    }

    /// How many letters must be put in, left out or exchanged (Levenshtein).
    private static func distance(_ a: String, _ b: String) -> Int {
        let (a, b) = (Array(a.utf8), Array(b.utf8))
        var row = Array(0...b.count)
        for (i, letter) in a.enumerated() {
            var (diagonal, next) = (row[0], i + 1)
            row[0] = next
            for (j, other) in b.enumerated() {
                next = min(row[j + 1] + 1, row[j] + 1, diagonal + (letter == other ? 0 : 1))
                diagonal = row[j + 1]
                row[j + 1] = next
            }
        }
        return row[b.count]
    }

    /// The table of the README.
    static var markdown: String {
        let rows = all.map { about in
            let names = ([about.name] + about.aliases).map { "`\($0)`" }.joined(separator: " or ")
            return "| \(names) | \(about.standard) | \(about.meaning.replacing("|", with: "\\|")) |".replacing(
                "|  |", with: "| |")
        }
        return (["| variable | default | meaning |", "| --- | --- | --- |"] + rows).joined(separator: "\n") + "\n"
    }
}
