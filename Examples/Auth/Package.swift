// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "auth-example",
    platforms: [.macOS(.v15)],
    // Elsewhere: .package(url: …, from: …)
    dependencies: [.package(name: "waxwing", path: "../..")],
    targets: [
        .executableTarget(
            name: "auth",
            dependencies: [
                .product(name: "Auth", package: "waxwing"), .product(name: "Storage", package: "waxwing"),
                .product(name: "StorageSQLite", package: "waxwing"),
            ])
    ]
)
