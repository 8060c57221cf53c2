// swift-tools-version: 6.2
import PackageDescription

let swift6: [SwiftSetting] = [
    .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
]

// A package of its own, so that users of the library never resolve or build it.
let package = Package(
    name: "benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "waxwing", path: "..")],
    targets: [
        .target(name: "AllocationCounter"),
        .executableTarget(
            name: "benchmarks", dependencies: ["AllocationCounter", .product(name: "AudioCore", package: "waxwing")],
            swiftSettings: swift6),
        .executableTarget(
            name: "fuzz", dependencies: [.product(name: "AudioCore", package: "waxwing")], swiftSettings: swift6),
    ]
)
