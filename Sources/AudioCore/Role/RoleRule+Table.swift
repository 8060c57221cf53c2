extension RoleRule {
    /// All of them; <doc:WhatASampleIs> says them in words.
    ///
    /// The thresholds were read off the spread of each measure in some kits and instruments: fitting them closer made
    /// them worse on others.
    static let all = hits + others

    /// What is struck once.
    private static let hits = [
        // Low, at once there and soon gone.
        RoleRule(
            .kick,
            [
                .init(.below200, 0.5, 0.8), .init(.below100, 0.15, 0.35), .init(.decay, 0.5, 0.25),
                .init(.attack, 0.04, 0.02), .init(.above2320, 0.06, 0.01), .init(.length, 0.8, 0.5),
            ]),
        // A body and, over it, noise of all pitches.
        RoleRule(
            .snare,
            [
                .init(.noisiness, 0.06, 0.2), .init(.flatness, 0.25, 0.5), .init(.from200to1080, 0.03, 0.25),
                .init(.decay, 0.4, 0.2), .init(.decay, 0.03, 0.06), .init(.spread, 1.5, 3.5),
                .init(.clarity, 0.97, 0.85), .init(.above2320, 0, 0.05), .init(.above5300, 0.6, 0.3),
                .init(.below100, 0.3, 0.05), .init(.attack, 0.03, 0.01),
            ]),
        // High noise that is gone at once.
        RoleRule(
            .closedHat,
            [
                .init(.above5300, 0.1, 0.6), .init(.decay, 0.22, 0.11), .init(.clarity, 0.5, 0.35),
                .init(.noisiness, 0.1, 0.25), .init(.attack, 0.04, 0.02), .init(.below200, 0.15, 0.05),
                .init(.from400to2320, 0.4, 0.1),
            ]),
        // High noise that rings.
        RoleRule(
            .openHat,
            [
                .init(.above5300, 0.3, 0.45), .init(.above2320, 0.5, 0.7), .init(.decay, 0.13, 0.3),
                .init(.length, 2.6, 1.2), .init(.clarity, 0.6, 0.45), .init(.noisiness, 0.04, 0.12),
                .init(.below200, 0.1, 0.02),
            ]),
        // The same, and longer.
        RoleRule(
            .cymbal,
            [
                .init(.above2320, 0.4, 0.7), .init(.length, 0.8, 1.2), .init(.decay, 0.2, 0.4),
                .init(.clarity, 0.65, 0.5), .init(.noisiness, 0.01, 0.04), .init(.below200, 0.1, 0.02),
                .init(.attack, 0.3, 0.1),
            ]),
        // Noise of the middle, often in several bursts.
        RoleRule(
            .clap,
            [
                .init(.from400to2320, 0.4, 0.65), .init(.bursts, 0, 2), .init(.noisiness, 0.06, 0.15),
                .init(.clarity, 0.55, 0.4), .init(.decay, 0.25, 0.13), .init(.below200, 0.2, 0.07),
                .init(.from200to1080, 0.8, 0.35),
            ]),
        // One low pitch that dies away.
        RoleRule(
            .tom,
            [
                .init(.below400, 0.5, 0.85), .init(.pitch, 55, 85), .init(.pitch, 400, 250),
                .init(.clarity, 0.45, 0.65), .init(.decay, 0.08, 0.2), .init(.decay, 1.4, 0.6),
                .init(.below100, 0.95, 0.75), .init(.sustain, 0.65, 0.3), .init(.attack, 0.04, 0.01),
                .init(.harmonicRatio, 1, 0.95), .init(.noisiness, 0.001, 0.006), .init(.key, 0.6, 0.1),
            ]),
        // Something small and tuned is struck: cowbell, woodblock, bongo.
        RoleRule(
            .percussion, weight: 0.5,
            [
                .init(.clarity, 0.2, 0.4), .init(.decay, 0.45, 0.15), .init(.attack, 0.02, 0.006),
                .init(.noisiness, 0.3, 0.1), .init(.below200, 0.4, 0.1), .init(.length, 2.2, 0.9),
                .init(.above5300, 0.6, 0.4), .init(.spread, 7, 5), .init(.wander, 0.8, 0.3),
            ]),
        // Something is shaken: high, without a pitch, not quite at once.
        RoleRule(
            .percussion, weight: 0.5,
            [
                .init(.above5300, 0.4, 0.7), .init(.below200, 0.04, 0.01), .init(.decay, 0.3, 0.16),
                .init(.clarity, 0.55, 0.4), .init(.attack, 0.002, 0.008), .init(.from400to2320, 0.2, 0.03),
            ]),
    ]

    /// What is held, spoken, or struck more than once.
    private static let others = [
        // A low pitch that is held.
        RoleRule(
            .bass,
            [
                .init(.below200, 0.4, 0.6), .init(.clarity, 0.65, 0.8), .init(.pitch, 140, 80),
                .init(.length, 0.24, 0.4), .init(.wander, 0.2, 0.05), .init(.decay, 0.11, 0.22),
                .init(.harmonicRatio, 0.4, 0.6), .init(.above2320, 0.12, 0.05), .init(.noisiness, 0.15, 0.05),
            ]),
        // A pitch or several that are held.
        RoleRule(
            .melodic,
            [
                .init(.noisiness, 0.06, 0.015), .init(.clarity, 0.55, 0.75), .init(.harmonicRatio, 0.75, 0.93),
                .init(.length, 0.25, 0.5), .init(.wander, 0.35, 0.1), .init(.change, 0.5, 0.3),
                .init(.below200, 0.75, 0.5), .init(.below100, 0.5, 0.1), .init(.above2320, 0.5, 0.2),
            ]),
        // A chord, however it is played.
        RoleRule(
            .melodic,
            [
                .init(.key, 0.1, 0.6), .init(.noisiness, 0.12, 0.04), .init(.harmonicRatio, 0.5, 0.7),
                .init(.length, 0.15, 0.3), .init(.below100, 0.6, 0.3), .init(.above2320, 0.5, 0.2),
                .init(.change, 0.5, 0.3),
            ]),
        // Pitched and not, by turns; the pitch glides, the spectrum moves.
        RoleRule(
            .vocal,
            [
                .init(.voicedShare, 0.03, 0.15), .init(.voicedShare, 1.05, 0.95), .init(.wander, 0.04, 0.1),
                .init(.change, 0.12, 0.25), .init(.noisiness, 0.12, 0.06), .init(.noisiness, 0.002, 0.006),
                .init(.from200to1080, 0.3, 0.55), .init(.attack, 0.002, 0.03), .init(.below100, 0.14, 0.08),
                .init(.above5300, 0.25, 0.1), .init(.length, 0.2, 0.3),
            ]),
        // Noise that swells and moves.
        RoleRule(
            .fx, weight: 0.4,
            [
                .init(.noisiness, 0.02, 0.08), .init(.clarity, 0.75, 0.5), .init(.attack, 0.004, 0.04),
                .init(.change, 0.15, 0.35), .init(.length, 0.15, 0.3),
            ]),
        // Strokes that sound different.
        RoleRule(
            .drums,
            [
                .init(.strokes, 2, 4), .init(.change, 0.2, 0.3), .init(.noisiness, 0.04, 0.12),
                .init(.spread, 2.5, 3.5), .init(.harmonicRatio, 0.7, 0.4), .init(.clarity, 1, 0.7),
                .init(.length, 0.75, 1.2),
            ]),
    ]
}
