// swift-tools-version: 6.2
import PackageDescription

/// Every own target: Swift 6 mode, explicit existentials, members visible only where imported.
/// Continuous integration sets `WAXWING_STRICT`: there a warning is an error.
let common: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ] + (Context.environment["WAXWING_STRICT"] == nil ? [] : [.treatAllWarnings(as: .error)])

let package = Package(
    name: "waxwing",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "AudioCore", targets: ["AudioCore"]),
        .library(name: "Storage", targets: ["Storage"]),
        .library(name: "StorageSQLite", targets: ["StorageSQLite"]),
        .library(name: "StoragePostgres", targets: ["StoragePostgres"]),
        .library(name: "StorageS3", targets: ["StorageS3"]),
        .library(name: "SampleLibrary", targets: ["SampleLibrary"]),
        .library(name: "Jobs", targets: ["Jobs"]),
        .library(name: "Auth", targets: ["Auth"]),
        .library(name: "Billing", targets: ["Billing"]),
        .library(name: "Addresses", targets: ["Addresses"]),
        .library(name: "WaxwingService", targets: ["WaxwingService"]),
        .library(name: "WaxwingProviders", targets: ["WaxwingProviders"]),
        .library(name: "WaxwingHTTP", targets: ["WaxwingHTTP"]),
        .library(name: "StorageTestKit", targets: ["StorageTestKit"]),
        .library(name: "JobsTestKit", targets: ["JobsTestKit"]),
        .executable(name: "waxwing", targets: ["waxwing"]),
    ],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-nio-http2.git", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
    ],
    targets: [
        // System libraries
        .systemLibrary(
            name: "CFFTW3", path: "Sources/CLibraries/CFFTW3", pkgConfig: "fftw3f",
            providers: [.apt(["libfftw3-dev"]), .brew(["fftw"])]),
        .systemLibrary(
            name: "CSndFile", path: "Sources/CLibraries/CSndFile", pkgConfig: "sndfile",
            providers: [.apt(["libsndfile1-dev"]), .brew(["libsndfile"])]),
        .systemLibrary(
            name: "CSoxr", path: "Sources/CLibraries/CSoxr", pkgConfig: "soxr",
            providers: [.apt(["libsoxr-dev"]), .brew(["libsoxr"])]),
        .systemLibrary(
            name: "CPNG", path: "Sources/CLibraries/CPNG", pkgConfig: "libpng",
            providers: [.apt(["libpng-dev"]), .brew(["libpng"])]),
        .systemLibrary(
            name: "CArgon2", path: "Sources/CLibraries/CArgon2", pkgConfig: "libargon2",
            providers: [.apt(["libargon2-dev"]), .brew(["argon2"])]),
        .systemLibrary(
            name: "CLibPQ", path: "Sources/CLibraries/CLibPQ", pkgConfig: "libpq",
            providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
        .systemLibrary(
            name: "CZlib", path: "Sources/CLibraries/CZlib", pkgConfig: "zlib",
            providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),

        // Ground floor
        .target(
            name: "CKernels", path: "Sources/CLibraries/CKernels",
            exclude: [
                "likeness.inc", "loudness.inc", "peaks.inc", "picture.inc", "spectrum.inc", "timbre.inc",
            ]),
        .target(name: "CSpawn", path: "Sources/CLibraries/CSpawn"),
        .target(
            name: "AudioCore", dependencies: ["CFFTW3", "CKernels", "CPNG", "CSndFile", "CSoxr", "CSpawn"],
            swiftSettings: common),
        .target(
            name: "Storage", dependencies: [.product(name: "Crypto", package: "swift-crypto")],
            path: "Sources/Storage/Core", swiftSettings: common),

        .target(name: "Addresses", swiftSettings: common),
        .target(name: "StrictJSON", swiftSettings: common),

        // Storage backends
        .target(
            name: "StorageSQLite", dependencies: ["Storage", .product(name: "GRDB", package: "GRDB.swift")],
            path: "Sources/Storage/SQLite", swiftSettings: common),
        .target(
            name: "StoragePostgres", dependencies: ["CLibPQ", "Storage"], path: "Sources/Storage/Postgres",
            swiftSettings: common),
        .target(
            name: "StorageS3",
            dependencies: [
                "Storage",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ], path: "Sources/Storage/S3", swiftSettings: common),

        // Rooms: they never import each other
        .target(
            name: "SampleLibrary", dependencies: ["AudioCore", "Storage", "StrictJSON"], path: "Sources/Library",
            swiftSettings: common),
        .target(
            name: "Jobs",
            dependencies: [
                "Storage",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ], swiftSettings: common),
        .target(
            name: "Auth",
            dependencies: [
                "CArgon2", "Storage", "StrictJSON", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ], swiftSettings: common),
        .target(
            name: "Billing", dependencies: ["Storage", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: common),

        // Where the rooms meet
        .target(
            name: "WaxwingService",
            dependencies: [
                "AudioCore", "Auth", "Billing", "Jobs", "SampleLibrary", "Storage", "StrictJSON",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ], path: "Sources/Adapters/Service", swiftSettings: common),
        .target(
            name: "WaxwingProviders",
            dependencies: [
                "Addresses", "Auth", "Billing", "Jobs", "Storage", "StrictJSON", "WaxwingService",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ], path: "Sources/Adapters/Providers", swiftSettings: common),
        .target(
            name: "WaxwingHTTP",
            dependencies: [
                "Addresses", "AudioCore", "Auth", "Billing", "CZlib", "Jobs", "SampleLibrary", "Storage", "StrictJSON",
                "WaxwingService",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdHTTP2", package: "hummingbird"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
            ], path: "Sources/Adapters/HTTP", swiftSettings: common),
        .executableTarget(
            name: "waxwing",
            dependencies: [
                "AudioCore", "Auth", "Billing", "Jobs", "SampleLibrary", "Storage", "StoragePostgres", "StorageS3",
                "StorageSQLite", "StrictJSON",
                "WaxwingHTTP", "WaxwingProviders", "WaxwingService",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOFoundationCompat", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ], path: "Sources/Adapters/CLI", swiftSettings: common),

        // What every backend must promise
        .target(
            name: "StorageTestKit", dependencies: ["Storage"], path: "Sources/TestKit/Storage",
            swiftSettings: common),
        .target(
            name: "JobsTestKit",
            dependencies: [
                "Jobs", "Storage", "StorageTestKit", .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle"),
            ], path: "Sources/TestKit/Jobs", swiftSettings: common),
        .target(
            name: "FreshDatabases", dependencies: ["Storage", "StoragePostgres", "StorageSQLite"],
            path: "Sources/TestKit/Fresh", swiftSettings: common),
        .target(
            name: "LogTestKit", dependencies: [.product(name: "Logging", package: "swift-log")],
            path: "Sources/TestKit/Logs", swiftSettings: common),

        // Tests
        .testTarget(
            name: "AudioCoreTests", dependencies: ["AudioCore", "CPNG", "StorageTestKit"], swiftSettings: common),
        .testTarget(
            name: "AddressesTests", dependencies: ["Addresses", "StorageTestKit"], swiftSettings: common),
        .testTarget(
            name: "StrictJSONTests", dependencies: ["StorageTestKit", "StrictJSON"], swiftSettings: common),
        .testTarget(
            name: "StorageTests", dependencies: ["Storage", "StorageTestKit"], path: "Tests/Storage/CoreTests",
            swiftSettings: common),
        .testTarget(
            name: "StorageSQLiteTests", dependencies: ["StorageSQLite", "StorageTestKit"],
            path: "Tests/Storage/SQLiteTests", swiftSettings: common),
        .testTarget(
            name: "StorageS3Tests",
            dependencies: [
                "Storage", "StorageS3", "StorageSQLite", "StorageTestKit",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ], path: "Tests/Storage/S3Tests", swiftSettings: common),
        .testTarget(
            name: "StoragePostgresTests",
            dependencies: [
                "FreshDatabases", "Jobs", "JobsTestKit", "Storage", "StoragePostgres", "StorageSQLite",
                "StorageTestKit",
            ], path: "Tests/Storage/PostgresTests", swiftSettings: common),
        .testTarget(
            name: "StorageOperationsTests",
            dependencies: [
                "Auth", "Billing", "FreshDatabases", "Jobs", "SampleLibrary", "Storage", "StoragePostgres",
                "StorageSQLite", "StorageTestKit", .product(name: "Crypto", package: "swift-crypto"),
            ], path: "Tests/Storage/OperationsTests", swiftSettings: common),
        .testTarget(
            name: "SampleLibraryTests",
            dependencies: ["AudioCore", "FreshDatabases", "SampleLibrary", "Storage", "StorageTestKit"],
            path: "Tests/LibraryTests",
            swiftSettings: common),
        .testTarget(
            name: "JobsTests",
            dependencies: ["FreshDatabases", "Jobs", "JobsTestKit", "Storage", "StorageSQLite", "StorageTestKit"],
            swiftSettings: common),
        .testTarget(
            name: "AuthTests",
            dependencies: ["Auth", "CArgon2", "FreshDatabases", "Storage", "StorageTestKit", "StrictJSON"],
            swiftSettings: common),
        .testTarget(
            name: "BillingTests",
            dependencies: ["Billing", "FreshDatabases", "Storage", "StorageSQLite", "StorageTestKit"],
            swiftSettings: common),
        .testTarget(
            name: "WaxwingServiceTests",
            dependencies: [
                "AudioCore", "Auth", "Billing", "FreshDatabases", "Jobs", "SampleLibrary", "Storage", "StorageTestKit",
                "WaxwingService", .product(name: "Logging", package: "swift-log"),
            ], path: "Tests/Adapters/ServiceTests", swiftSettings: common),
        .testTarget(
            name: "WaxwingProvidersTests",
            dependencies: [
                "Addresses", "Auth", "Billing", "FreshDatabases", "Jobs", "LogTestKit", "SampleLibrary", "Storage",
                "StorageTestKit", "StrictJSON", "WaxwingProviders", "WaxwingService",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ], path: "Tests/Adapters/ProvidersTests", swiftSettings: common),
        .testTarget(
            name: "WaxwingHTTPTests",
            dependencies: [
                "Addresses", "AudioCore", "Auth", "Billing", "CZlib", "FreshDatabases", "Jobs", "LogTestKit",
                "SampleLibrary", "Storage", "StorageTestKit", "StrictJSON", "WaxwingHTTP", "WaxwingProviders",
                "WaxwingService",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ], path: "Tests/Adapters/HTTPTests", swiftSettings: common),
        .testTarget(
            name: "WaxwingCLITests",
            dependencies: [
                "AudioCore", "FreshDatabases", "Storage", "StorageS3", "StorageSQLite", "StorageTestKit", "StrictJSON",
                "waxwing",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Crypto", package: "swift-crypto"),
            ], path: "Tests/Adapters/CLITests",
            swiftSettings: common),
    ]
)
