/// A kit while it is put together.
struct KitAssembly {
    var kit: Kit
    let frame: KitFrame
    private let around: KitCandidate?
    private let choice: SeededChoice
    private let slots: [PadSlot]
    /// Those a pad can play, in order of names; and whether they are on a pad.
    let sounds: [KitCandidate]
    var isUsed: [Bool]
    var distances: ChosenDistances
    let unfit: [UnfitSound]
    private(set) var empty: [EmptyPad] = []
    /// Places among `sounds` of what was put on pads, by address.
    var chosen: [PadAddress: Int] = [:]

    /// - Parameters:
    ///   - kit: with the pads that stay.
    ///   - sounds: in order of names, each once.
    ///   - around: is put onto its pad at once.
    ///   - frame: tempo and key.
    ///   - choice: picks among good ones.
    ///   - slots: the pads of a bank.
    init(
        _ kit: Kit, of sounds: [KitCandidate], around: KitCandidate?, in frame: KitFrame, _ choice: SeededChoice,
        slots: [PadSlot]
    ) {
        (self.kit, self.frame, self.around, self.choice, self.slots) = (kit, frame, around, choice, slots)
        self.sounds = sounds.filter { $0.unfitness == nil }
        unfit = sounds.compactMap { sound in
            sound.unfitness.map { UnfitSound(sample: sound.sample, reason: "\($0.reason): \($0.remedy)") }
        }
        distances = ChosenDistances(count: self.sounds.count)
        let kept = Set(kit.pads.map(\.sample))
        isUsed = self.sounds.map { kept.contains($0.sample) }
        for sound in self.sounds where kept.contains(sound.sample) { distances.add(sound.summary.vector) }
        if let around { place(around) }
    }

    /// Puts the sound in the middle where it belongs; onto the next bank where that pad is taken.
    private mutating func place(_ sound: KitCandidate) {
        guard let index = sounds.firstIndex(where: { $0.sample == sound.sample }), !isUsed[index] else { return }
        let slot = PadSlot.place(of: sound, among: slots)
        let addresses = (0..<PadAddress.banks).lazy.compactMap { PadAddress(bank: $0, pad: slot.pad) }
        guard let address = addresses.first(where: { kit[$0] == nil }) else { return }
        put(index, on: address, slot, reason: ChoiceReason.given(sound, slot))
    }

    /// Gives every pad of a bank that has none a sound, as far as there are any.
    mutating func fill(bank: Int) {
        var open = slots.compactMap { slot in PadAddress(bank: bank, pad: slot.pad).map { (slot, $0) } }
            .filter { kit[$0.1] == nil }
        for round in SlotFit.Round.allCases {
            open = open.filter { slot, address in !fill(address, slot, round) }
        }
        empty += open.map { slot, address in
            EmptyPad(address: address, wanted: slot.words, reason: whyEmpty(slot))
        }
    }

    /// - Returns: whether there was a sound for it.
    private mutating func fill(_ address: PadAddress, _ slot: PadSlot, _ round: SlotFit.Round) -> Bool {
        var fits: [(index: Int, fit: SlotFit)] = []
        let kinship =
            slot.isStrict
            ? Kinship(
                of: sounds.filter {
                    !$0.isLoop && $0.role?.role == slot.roles.first && slot.length.contains($0.summary.duration)
                }) : nil
        for index in sounds.indices where !isUsed[index] {
            if let fit = try? fit(index, slot, round, kinship) { fits.append((index, fit)) }
        }
        // Equal ones stay in order of names.
        fits.sort { ($1.fit.score, $0.index) < ($0.fit.score, $1.index) }
        guard let place = choice.index(among: fits.map(\.fit.score), for: address) else { return false }
        let (index, fit) = fits[place]
        let reason = ChoiceReason(
            sound: sounds[index], slot: slot, fit: fit, frame: frame, choices: fits.count,
            isLeastLike: fit.distance.map { $0 >= fits.compactMap(\.fit.distance).max() ?? 0 } ?? false,
            isMostUsual: fit.kinship.map { $0 <= fits.compactMap(\.fit.kinship).min() ?? 0 } ?? false)
        put(index, on: address, slot, reason: reason.description)
        return true
    }

    private mutating func fit(
        _ index: Int, _ slot: PadSlot, _ round: SlotFit.Round, _ kinship: Kinship?
    ) throws(SlotFit.Refusal) -> SlotFit {
        let sound = sounds[index]
        let fit = try SlotFit(of: sound, for: slot, round, in: frame)
        return try fit.among(
            distance: distances.nearest(to: sound.summary.vector, index), likeness: likeness(of: sound),
            kinship: kinship?.distance(of: sound))
    }

    private func likeness(of sound: KitCandidate) -> Float? {
        guard let vector = sound.summary.vector, let middle = around?.summary.vector else { return nil }
        return vector.distance(to: middle)
    }
}
