extension KitAssembly {
    /// Puts a sound onto a pad: loops run in time, everything else is struck.
    mutating func put(_ index: Int, on address: PadAddress, _ slot: PadSlot, reason: String) {
        let sound = sounds[index]
        var pad = KitPad(address, sample: sound.sample)
        if sound.isLoop, let bpm = sound.padTempo {
            (pad.loop, pad.tempoSync, pad.bpm) = (true, true, bpm)
        } else {
            pad.oneShot = true
        }
        // Ten groups for ten banks: the closed hat of a bank ends the open one.
        if slot.isHat { pad.muteGroup = address.bank + 1 }
        pad.reason = reason
        kit.pads.append(pad)
        isUsed[index] = true
        chosen[address] = index
        distances.add(sound.summary.vector)
    }

    /// Why no sound is left for a pad, in words.
    func whyEmpty(_ slot: PadSlot) -> String {
        var counts: [SlotFit.Refusal: Int] = [:]
        var used = 0
        for index in sounds.indices {
            let refusal = refusal(of: index, for: slot)
            if isUsed[index] {
                used += refusal == nil ? 1 : 0
            } else {
                // What nothing else speaks against would have been taken.
                counts[refusal ?? .copy, default: 0] += 1
            }
        }
        let (low, high) = (slot.length.lowerBound, slot.length.upperBound)
        let length = slot.isLoop ? "shorter than \(low.short) s" : "longer than \(high.short) s"
        let tempo = "not within \(SlotFit.mostStretch.short) % of \(frame.bpm.short) BPM"
        let tallies: [(count: Int, what: String)] = [
            (used, "on other pads"), (counts[.length] ?? 0, length), (counts[.tempo] ?? 0, tempo),
            (counts[.copy] ?? 0, "too like sounds chosen"),
        ]
        let parts = tallies.filter { $0.count > 0 }.map { "\($0.count) \($0.what)" }
        return parts.isEmpty ? "there is none" : parts.joined(separator: ", ")
    }

    /// The first thing that speaks against a sound, in the round that asks least; `nil` if nothing does.
    private func refusal(of index: Int, for slot: PadSlot) -> SlotFit.Refusal? {
        var last: SlotFit.Refusal = .role
        for round in SlotFit.Round.allCases {
            do {
                _ = try SlotFit(of: sounds[index], for: slot, round, in: frame)
                return nil
            } catch  where error != .role {
                last = error
            } catch {}
        }
        return last
    }

    /// The kit with its levels matched, and what is to be said of it.
    consuming func finished() -> BuiltKit {
        let loudness = chosen.mapValues { sounds[$0].loudness }
        let known = Dictionary(sounds.map { ($0.sample, $0.loudness) }) { first, _ in first }
        let kept = kit.pads.filter { chosen[$0.address] == nil }.compactMap { pad -> Double? in
            guard let loudness = known[pad.sample] ?? nil, let gain = LevelMatch.gain(of: pad.level) else { return nil }
            return loudness + gain
        }
        let target = LevelMatch.target(of: loudness.values.compactMap(\.self), kept: kept)
        kit.pads.sort { $0.address < $1.address }
        for place in kit.pads.indices {
            guard let loudness = loudness[kit.pads[place].address] else { continue }
            kit.pads[place].level = LevelMatch.level(of: loudness, target: target)
        }
        return BuiltKit(
            kit: kit, frame: frame, empty: empty.sorted { $0.address < $1.address }, unfit: unfit,
            left: isUsed.count { !$0 })
    }
}
