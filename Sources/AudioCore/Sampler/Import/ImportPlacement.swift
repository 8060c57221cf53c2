/// Where each sound goes in an IMPORT folder: names that are safe, short and unique, and which sounds have no place.
struct ImportPlacement {
    /// Below the plan's folder, without extension, with the pad; `nil` for a sound that has no place.
    private(set) var targets: [(path: String, pad: PadAddress?)?]
    private let sounds: [ImportSound]

    /// - Parameter folder: the plan's own; a kit of that name needs none inside it.
    init(_ sounds: [ImportSound], _ layout: ImportLayout, in folder: String) {
        self.sounds = sounds
        targets = []
        switch layout {
        case .flat, .tempo, .key, .role: placeByFacts(layout)
        case .kit: placeByKit(in: folder)
        case .bank: placeByBank()
        }
    }

    private mutating func placeByFacts(_ layout: ImportLayout) {
        let wanted = sounds.map { (layout.folder(for: $0.facts) ?? "", DeviceName.name($0.shownName)) }
        targets = zip(wanted, UniqueNames.names(for: wanted)).map { wish, name in
            (Self.path(wish.0, name), nil)
        }
    }

    private static func path(_ folder: String, _ name: String) -> String { folder.isEmpty ? name : "\(folder)/\(name)" }

    private mutating func placeByBank() {
        let pads = Self.pads(of: sounds)
        place(pads, folders: pads.map { $0?.bankLetter ?? "" }, prefix: "")
    }

    private mutating func placeByKit(in folder: String) {
        var kits: [(key: String, members: [Int])] = []
        var places: [String: Int] = [:]
        for (index, sound) in sounds.enumerated() {
            let place = places[sound.kitKey, default: kits.count]
            if place == kits.count { kits.append((sound.kitKey, [])) }
            places[sound.kitKey] = place
            kits[place].members.append(index)
        }
        var names = UniqueNames.names(
            for: kits.map { ("", DeviceName.name(sounds[$0.members[0]].kitName, or: "kit")) })
        if names == [folder] { names = [""] }
        var pads: [PadAddress?] = Array(repeating: nil, count: sounds.count)
        var folders = Array(repeating: "", count: sounds.count)
        for (kit, name) in zip(kits, names) {
            let own = Self.pads(of: kit.members.map { sounds[$0] })
            let hasBanks = Set(own.compactMap { $0?.bank }).count > 1
            for (index, pad) in zip(kit.members, own) {
                pads[index] = pad
                folders[index] = [name, hasBanks ? pad?.bankLetter ?? "" : ""].filter { !$0.isEmpty }.joined(
                    separator: "/")
            }
        }
        place(pads, folders: folders, prefix: "pad_")
    }

    /// The number of the pad before the name keeps files in the order of the pads.
    private mutating func place(_ pads: [PadAddress?], folders: [String], prefix: String) {
        let wanted = zip(sounds, zip(pads, folders)).map { sound, place in
            let start = place.0.map { "\(prefix)\($0.pad < 10 ? "0" : "")\($0.pad)_" } ?? ""
            let room = DeviceName.mostCharacters - start.utf8.count
            return (place.1, start + DeviceName.name(sound.shownName, length: room))
        }
        targets = zip(pads, zip(wanted, UniqueNames.names(for: wanted))).map { pad, place in
            pad.map { (Self.path(place.0.0, place.1), $0) }
        }
    }

    /// Pads that are given stay; the others take what is free, in order; `nil` when nothing is.
    private static func pads(of sounds: [ImportSound]) -> [PadAddress?] {
        let given = Set(sounds.compactMap(\.pad))
        var free = PadAddress.all.filter { !given.contains($0) }.makeIterator()
        return sounds.map { $0.pad ?? free.next() }
    }
}
