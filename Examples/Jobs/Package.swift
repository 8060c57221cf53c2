// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "jobs-example",
    platforms: [.macOS(.v15)],
    // Elsewhere: .package(url: …, from: …)
    dependencies: [.package(name: "waxwing", path: "../..")],
    targets: [
        .executableTarget(
            name: "jobs",
            dependencies: [
                .product(name: "Jobs", package: "waxwing"), .product(name: "Storage", package: "waxwing"),
                .product(name: "StorageSQLite", package: "waxwing"),
            ])
    ]
)
