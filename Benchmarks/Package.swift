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
        .target(name: "SeededRandom", swiftSettings: swift6),
        .executableTarget(
            name: "benchmarks", dependencies: ["AllocationCounter", .product(name: "AudioCore", package: "waxwing")],
            swiftSettings: swift6),
        .executableTarget(
            name: "fuzz", dependencies: ["SeededRandom", .product(name: "AudioCore", package: "waxwing")],
            swiftSettings: swift6),
        .executableTarget(
            name: "simulate",
            dependencies: [
                .product(name: "JobsTestKit", package: "waxwing"),
                .product(name: "Storage", package: "waxwing"),
                .product(name: "StoragePostgres", package: "waxwing"),
                .product(name: "StorageSQLite", package: "waxwing"),
            ], swiftSettings: swift6),
        .executableTarget(
            name: "storage",
            dependencies: [
                "SeededRandom",
                .product(name: "AudioCore", package: "waxwing"),
                .product(name: "SampleLibrary", package: "waxwing"),
                .product(name: "Storage", package: "waxwing"),
                .product(name: "StoragePostgres", package: "waxwing"),
                .product(name: "StorageS3", package: "waxwing"),
                .product(name: "StorageSQLite", package: "waxwing"),
            ], swiftSettings: swift6),
    ]
)
