// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "billing-example",
    platforms: [.macOS(.v15)],
    // Elsewhere: .package(url: …, from: …)
    dependencies: [.package(name: "waxwing", path: "../..")],
    targets: [
        .executableTarget(
            name: "billing",
            dependencies: [
                .product(name: "Billing", package: "waxwing"), .product(name: "Storage", package: "waxwing"),
                .product(name: "StorageSQLite", package: "waxwing"),
            ])
    ]
)
