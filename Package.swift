// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "dg",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "dgc", targets: ["dgc"]),
        .executable(name: "dgrun", targets: ["dgrun"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    ],
    targets: [
        .target(name: "Graph", swiftSettings: strict),
        .target(name: "Passes", dependencies: ["Graph"], swiftSettings: strict),
        .target(name: "CRuntime", linkerSettings: [.linkedLibrary("dl")]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "Data", dependencies: ["Graph", "CZlib"], swiftSettings: strict),
        .target(
            name: "Runtime",
            dependencies: ["Graph", "Data", "CRuntime"],
            swiftSettings: strict
        ),
        .target(name: "Models", dependencies: ["Graph"], exclude: ["Specs"], swiftSettings: strict),
        .target(
            name: "Compilation", dependencies: ["Graph", "Passes", "Runtime", "Models", "Data"], swiftSettings: strict),
        .target(
            name: "Report", dependencies: ["Graph", "Runtime", "Data"], resources: [.embedInCode("Template")], swiftSettings: strict),
        .target(
            name: "Studies", dependencies: ["Graph", "Data", "Models", "Runtime", "Report"], swiftSettings: strict),
        .target(
            name: "CommandLineSupport",
            dependencies: ["Graph", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "dgc",
            dependencies: [
                "Graph", "Passes", "Runtime", "Models", "Data", "Compilation", "Report", "CommandLineSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "dgrun",
            dependencies: [
                "Graph", "Runtime", "Data", "Models", "Compilation", "Studies", "Report", "CommandLineSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict
        ),
        // What scripts/fuzz builds with libFuzzer; see docs/reliability.md.
        .executableTarget(
            name: "dgfuzz", dependencies: ["Graph", "Runtime", "Models", "Data", "Compilation"], path: "Tests/Fuzzing/dgfuzz",
            swiftSettings: strict),
        // What tests of several targets share.
        .target(name: "TestSupport", dependencies: ["Graph", "Data"], path: "Tests/Support", swiftSettings: strict),
        .testTarget(name: "PassesTests", dependencies: ["Graph", "Passes", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "CompilationTests",
            dependencies: ["Graph", "Passes", "Runtime", "Data", "Models", "Compilation", "CommandLineSupport", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(name: "CommandTests", dependencies: ["Data", "Graph", "TestSupport", "dgc", "dgrun", "dgfuzz"], swiftSettings: strict),
        .testTarget(name: "StudiesTests", dependencies: ["Studies", "Models", "Graph"], swiftSettings: strict),
        .testTarget(name: "ReportTests", dependencies: ["Report"], swiftSettings: strict),
        .testTarget(name: "ModelsTests", dependencies: ["Models", "Graph", "Data"], swiftSettings: strict),
        .testTarget(name: "GraphTests", dependencies: ["Graph"], swiftSettings: strict),
        .testTarget(name: "DataTests", dependencies: ["Data", "Graph", "TestSupport"], resources: [.copy("Fixtures")], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
