// swift-tools-version: 6.2
import PackageDescription

let swift6: [SwiftSetting] = [
    .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
]

// A package of its own, so that users of the library never resolve or build it.
let package = Package(
    name: "benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "waxwing", path: ".."),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
    ],
    targets: [
        .target(name: "AllocationCounter"),
        .target(name: "Figures", swiftSettings: swift6),
        .target(name: "SeededRandom", swiftSettings: swift6),
        .executableTarget(
            name: "benchmarks", dependencies: ["AllocationCounter", .product(name: "AudioCore", package: "waxwing")],
            swiftSettings: swift6),
        .executableTarget(
            name: "fuzz", dependencies: ["SeededRandom", .product(name: "AudioCore", package: "waxwing")],
            swiftSettings: swift6),
        .executableTarget(
            name: "jobs",
            dependencies: [
                "Figures", "SeededRandom",
                .product(name: "Jobs", package: "waxwing"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Storage", package: "waxwing"),
                .product(name: "StoragePostgres", package: "waxwing"),
                .product(name: "StorageSQLite", package: "waxwing"),
            ], swiftSettings: swift6),
        .executableTarget(
            name: "quota",
            dependencies: [
                "Figures",
                .product(name: "Billing", package: "waxwing"),
                .product(name: "Storage", package: "waxwing"),
                .product(name: "StoragePostgres", package: "waxwing"),
                .product(name: "StorageSQLite", package: "waxwing"),
            ], swiftSettings: swift6),
        .executableTarget(
            name: "signin",
            dependencies: [
                "Figures",
                .product(name: "Auth", package: "waxwing"),
                .product(name: "Storage", package: "waxwing"),
                .product(name: "StoragePostgres", package: "waxwing"),
                .product(name: "StorageSQLite", package: "waxwing"),
            ], swiftSettings: swift6),
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
                "Figures", "SeededRandom",
                .product(name: "AudioCore", package: "waxwing"),
                .product(name: "SampleLibrary", package: "waxwing"),
                .product(name: "Storage", package: "waxwing"),
                .product(name: "StoragePostgres", package: "waxwing"),
                .product(name: "StorageS3", package: "waxwing"),
                .product(name: "StorageSQLite", package: "waxwing"),
            ], swiftSettings: swift6),
        .executableTarget(
            name: "webhooks",
            dependencies: [
                "SeededRandom",
                .product(name: "Billing", package: "waxwing"),
                .product(name: "Storage", package: "waxwing"),
                .product(name: "StoragePostgres", package: "waxwing"),
                .product(name: "StorageSQLite", package: "waxwing"),
            ], swiftSettings: swift6),
    ]
)
