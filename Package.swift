// swift-tools-version: 6.2
import PackageDescription

/// Settings of every module of ours. The Swift 6 language mode comes with the tools version; script/test sets
/// BASHOUTTER_WARNINGS_AS_ERRORS.
let ours: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ] + (Context.environment["BASHOUTTER_WARNINGS_AS_ERRORS"] == nil ? [] : [.treatAllWarnings(as: .error)])

/// A Lambda function is one static executable: it needs no library of the machine it is started on. Released, it is as
/// small as it can be, since a cold start reads it from a disk: equal functions are folded, and see infra/bootstrap.ld.
///
/// A sanitizer's runtime is a library, so that script/test --sanitize has them linked as other programs are.
let asFunction: [LinkerSetting] = Context.environment["BASHOUTTER_SANITIZER"] != nil ? [] : [
    .unsafeFlags(["-static-executable"], .when(platforms: [.linux])),
    .unsafeFlags(
        [
            "-use-ld=lld", "-Xlinker", "--icf=safe", "-Xlinker", "--no-eh-frame-hdr",
            "-Xlinker", "-T", "-Xlinker", "\(Context.packageDirectory)/infra/bootstrap.ld",
        ],
        .when(platforms: [.linux], configuration: .release)
    ),
]

func nio(_ product: String) -> Target.Dependency { .product(name: product, package: "swift-nio") }

let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

func function(_ name: String) -> Target {
    .executableTarget(
        name: name,
        dependencies: ["HaikuAPI", "LambdaRuntime"],
        swiftSettings: ours,
        linkerSettings: asFunction
    )
}

func library(_ name: String, in folder: String = "", _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/\(folder)\(name)", swiftSettings: ours)
}

func tests(of name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(name: "\(name)Tests", dependencies: [.byName(name: name)] + dependencies, swiftSettings: ours)
}

let package = Package(
    name: "bashoutter",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", exact: "0.2.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    ],
    targets: [
        // The four functions.
        function("GetHaiku"),
        function("PostHaiku"),
        function("PatchHaiku"),
        function("DeleteHaiku"),

        // What they are made of. Arrows point one way, from the top of this list to its end.
        library(
            "HaikuAPI",
            ["APIGateway", "DynamoDB", "Haiku", "HaikuRepository", "JSON", "LambdaRuntime", "SHA2", logging]
        ),
        library("HaikuRepository", ["DynamoDB", "Haiku", "JSON"]),
        library("Haiku"),
        library("APIGateway", ["Base64", "JSON"]),
        library(
            "LambdaRuntime",
            ["HTTPConnection", "JSON", logging, nio("NIOCore"), nio("NIOPosix")]
        ),
        library(
            "DynamoDB",
            ["Base64", "HTTPConnection", "JSON", "SHA2", logging, nio("NIOCore"), nio("NIOPosix")]
        ),
        library(
            "HTTPConnection",
            [
                nio("NIOCore"), nio("NIOPosix"), nio("NIOTLS"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]
        ),
        library("JSON"),
        library("Base64"),
        library("SHA2", ["CLibcrypto"]),
        .systemLibrary(name: "CLibcrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),

        // The local stack: one module for each service that it plays. None of it is linked into a function.
        .executableTarget(
            name: "bashoutter-local",
            dependencies: [
                "EmbeddedDynamoDB", "JSON", "LoadShedding", "LocalAPIGateway", "LocalHTTP", "LocalLambda", "LocalSite",
                "ServerlessTemplate", arguments, lifecycle, logging, hummingbird, nio("NIOCore"), nio("NIOPosix"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            path: "Sources/Local/bashoutter-local",
            swiftSettings: ours
        ),
        library(
            "EmbeddedDynamoDB", in: "Local/",
            [
                "Base64", "JSON", "LoadShedding", "LocalHTTP", hummingbird, lifecycle, logging, nio("NIOCore"),
                .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]
        ),
        library(
            "LocalAPIGateway", in: "Local/",
            ["JSON", "LoadShedding", "LocalLambda", "ServerlessTemplate", hummingbird, nio("NIOCore"), nio("NIOHTTP1")]
        ),
        library(
            "LocalLambda", in: "Local/",
            [
                "CSpawn", "JSON", "LoadShedding", "LocalHTTP", hummingbird, lifecycle,
                nio("NIOCore"), nio("NIOPosix"), nio("NIOHTTP1"),
            ]
        ),
        library("LoadShedding", in: "Local/", [hummingbirdCore, logging, nio("NIOCore")]),
        library("LocalHTTP", in: "Local/", [hummingbird, nio("NIOCore"), nio("NIOHTTP1")]),
        .target(name: "CSpawn", path: "Sources/Local/CSpawn"),
        library("LocalSite", in: "Local/", [hummingbird, nio("NIOCore"), nio("NIOPosix")]),
        library("ServerlessTemplate", in: "Local/", [.product(name: "Yams", package: "Yams")]),

        // The load client.
        .executableTarget(
            name: "bashoutter-client",
            dependencies: ["DynamoDB", "Haiku", "HaikuRepository", "LoadClient", arguments, logging, nio("NIOPosix")],
            path: "Sources/Client/bashoutter-client",
            swiftSettings: ours
        ),
        library(
            "LoadClient", in: "Client/",
            ["CCurl", "JSON", .product(name: "Histogram", package: "hdrhistogram-swift")]
        ),
        .target(
            name: "CCurl", dependencies: ["CLibcurl"], path: "Sources/Client/CCurl"
        ),
        .systemLibrary(
            name: "CLibcurl", path: "Sources/Client/CLibcurl", pkgConfig: "libcurl",
            providers: [.apt(["libcurl4-openssl-dev"])]
        ),

        // What script/bench measures besides the functions themselves.
        .executableTarget(
            name: "OK", dependencies: ["LambdaRuntime"], path: "Benchmarks/OK",
            swiftSettings: ours, linkerSettings: asFunction
        ),
        .executableTarget(
            name: "Transcoding", dependencies: ["DynamoDB", "Haiku", "HaikuRepository", nio("NIOCore")],
            path: "Benchmarks/Transcoding", swiftSettings: ours
        ),

        // What several modules are tested with.
        .target(
            name: "ScriptedServer", dependencies: [nio("NIOCore"), nio("NIOPosix")], path: "Tests/ScriptedServer",
            swiftSettings: ours
        ),

        tests(of: "JSON"),
        tests(
            of: "HTTPConnection",
            ["ScriptedServer", nio("NIOCore"), nio("NIOPosix"), .product(name: "NIOSSL", package: "swift-nio-ssl")]
        ),
        tests(of: "DynamoDB", ["HTTPConnection", "JSON", "ScriptedServer", logging, nio("NIOCore"), nio("NIOPosix")]),
        tests(of: "LambdaRuntime", ["HTTPConnection", "JSON", logging, nio("NIOCore"), nio("NIOPosix"), nio("NIOHTTP1")]),
        tests(of: "APIGateway", ["JSON"]),
        tests(of: "Haiku"),
        tests(of: "HaikuRepository", ["DynamoDB", "Haiku", "JSON", nio("NIOCore")]),
        tests(of: "HaikuAPI", ["APIGateway", "Haiku", "HaikuRepository", "JSON", "LambdaRuntime", logging, nio("NIOCore")]),
        tests(of: "EmbeddedDynamoDB", ["JSON"]),
        tests(
            of: "LocalAPIGateway",
            [
                "JSON", "LoadShedding", "LocalLambda", "ServerlessTemplate", hummingbird, nio("NIOCore"),
                nio("NIOEmbedded"), nio("NIOPosix"),
            ]
        ),
        tests(of: "LocalLambda", ["JSON", "LoadShedding", hummingbird, nio("NIOCore"), nio("NIOPosix")]),
        tests(
            of: "LoadShedding",
            [hummingbirdCore, lifecycle, logging, nio("NIOCore"), nio("NIOEmbedded"), nio("NIOPosix")]
        ),
        tests(of: "LocalHTTP", [hummingbird, nio("NIOCore"), nio("NIOEmbedded"), nio("NIOHTTP1")]),
        tests(of: "LocalSite", [hummingbird, nio("NIOCore")]),
        tests(of: "ServerlessTemplate"),
        tests(of: "LoadClient", ["JSON", .product(name: "Histogram", package: "hdrhistogram-swift")]),
    ]
)
