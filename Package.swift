// swift-tools-version: 6.2
import PackageDescription

// The tools version selects the Swift 6 language mode.
let languageFeatures: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

// Only with CI's compiler version, because another may emit other warnings and ship other libraries; but in every build
// with it, since SwiftPM would rebuild everything if only script/test made warnings errors. -static-stdlib does not link
// Foundation's C libraries, so they are listed here. SwiftPM's --static-swift-stdlib does, but applies to all products.
#if compiler(>=6.3) && !compiler(>=6.4)
    let commonSwiftSettings = languageFeatures + [.treatAllWarnings(as: .error)]
    let staticStandardLibrary = [
        "-static-stdlib", "-lCoreFoundation", "-l_FoundationICU", "-l_FoundationCShims", "-l_FoundationCollections",
    ]
#else
    let commonSwiftSettings = languageFeatures
    let staticStandardLibrary: [String] = []
#endif

/// A Lambda function is one static executable, so that it needs no library of the machine that it runs on. The release
/// build is as small as possible, since a cold start reads it from disk: lld folds identical functions, and
/// infra/bootstrap.ld drops sections that nothing reads.
///
/// Sanitizers intercept functions of the C library, which requires dynamic linking.
let lambdaLinkerSettings: [LinkerSetting] =
    Context.environment["BASHOUTTER_SANITIZER"] != nil
    ? []
    : [
        .unsafeFlags(["-static-executable"], .when(platforms: [.linux])),
        .unsafeFlags(
            [
                "-use-ld=lld", "-Xlinker", "--icf=safe", "-Xlinker", "--no-eh-frame-hdr",
                "-Xlinker", "-T", "-Xlinker", "\(Context.packageDirectory)/infra/bootstrap.ld",
            ],
            .when(platforms: [.linux], configuration: .release)
        ),
    ]

/// Calls into a static standard library cost less than calls into a dynamic one; Benchmarks/README.md has the figures.
let localStackLinkerSettings: [LinkerSetting] =
    Context.environment["BASHOUTTER_SANITIZER"] != nil
    ? [] : [.unsafeFlags(staticStandardLibrary, .when(platforms: [.linux]))]

func nio(_ product: String) -> Target.Dependency { .product(name: product, package: "swift-nio") }

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")

func lambdaFunction(_ name: String) -> Target {
    .executableTarget(
        name: name,
        dependencies: ["HaikuAPI", "LambdaRuntime"],
        path: "Sources/Functions/\(name)",
        swiftSettings: commonSwiftSettings,
        linkerSettings: lambdaLinkerSettings
    )
}

func internalTarget(_ name: String, in folder: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(
        name: name,
        dependencies: dependencies,
        path: "Sources/\(folder)/\(name)",
        swiftSettings: commonSwiftSettings
    )
}

func unitTests(for name: String, in folder: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: [.byName(name: name)] + dependencies,
        path: "Tests/\(folder)/\(name)Tests",
        swiftSettings: commonSwiftSettings
    )
}

let package = Package(
    name: "bashoutter",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", exact: "0.2.0"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    ],
    targets: [
        // MARK: Functions
        lambdaFunction("GetHaiku"),
        lambdaFunction("PostHaiku"),
        lambdaFunction("PatchHaiku"),
        lambdaFunction("DeleteHaiku"),

        // MARK: Bashoutter
        internalTarget(
            "HaikuAPI", in: "Bashoutter",
            ["APIGateway", "DynamoDB", "Haiku", "HaikuRepository", "JSON", "LambdaRuntime", "SHA2", "Time", logging]
        ),
        internalTarget("HaikuRepository", in: "Bashoutter", ["DynamoDB", "Haiku", "JSON", "Time"]),
        internalTarget("Haiku", in: "Bashoutter", ["Encoding", "Time"]),

        // MARK: AWS
        internalTarget("APIGateway", in: "AWS", ["Encoding", "JSON"]),
        internalTarget(
            "LambdaRuntime", in: "AWS",
            [
                "CMalloc", "HTTPConnection", "HTTPMessage", "JSON", "TaskExecutors", "Time", logging, nio("NIOCore"),
                nio("NIOPosix"),
            ]
        ),
        internalTarget(
            "DynamoDB", in: "AWS",
            [
                "Encoding", "HTTPConnection", "HTTPMessage", "JSON", "SHA2", "Time", logging, nio("NIOCore"),
                nio("NIOPosix"),
            ]
        ),

        // MARK: Support
        internalTarget(
            "HTTPConnection", in: "Support",
            [
                "CNameService", "Encoding", "HTTPMessage", nio("NIOCore"), nio("NIOPosix"), nio("NIOTLS"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]
        ),
        // Apart from HTTPConnection, so that the local stack compiles without waiting for BoringSSL.
        internalTarget("HTTPMessage", in: "Support", ["Encoding", nio("NIOCore")]),
        internalTarget("JSON", in: "Support", ["Encoding"]),
        internalTarget("Encoding", in: "Support"),
        internalTarget("Time", in: "Support"),
        internalTarget("ProcessLimits", in: "Support"),
        internalTarget("TaskExecutors", in: "Support", [nio("NIOCore")]),
        internalTarget("SHA2", in: "Support", ["CLibcrypto"]),
        .systemLibrary(name: "CMalloc", path: "Sources/Support/CMalloc"),
        .target(name: "CNameService", path: "Sources/Support/CNameService"),
        .systemLibrary(
            name: "CLibcrypto", path: "Sources/Support/CLibcrypto", pkgConfig: "libcrypto",
            providers: [.apt(["libssl-dev"])]
        ),

        // MARK: LocalStack
        .executableTarget(
            name: "bashoutter-local",
            dependencies: [
                "EmbeddedDynamoDB", "HTTPMessage", "HTTPServer", "JSON", "LocalAPIGateway", "LocalLambda",
                "LocalS3Website", "ProcessLimits", "ServerlessTemplate", argumentParser, logging, serviceLifecycle,
                nio("NIOCore"), nio("NIOPosix"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            path: "Sources/LocalStack/bashoutter-local",
            swiftSettings: commonSwiftSettings,
            linkerSettings: localStackLinkerSettings
        ),
        internalTarget(
            "EmbeddedDynamoDB", in: "LocalStack",
            [
                "CSQLite", "Encoding", "HTTPMessage", "HTTPServer", "JSON", "TaskExecutors", logging,
                serviceLifecycle,
                nio("NIOCore"), nio("NIOPosix"),
            ]
        ),
        .systemLibrary(
            name: "CSQLite", path: "Sources/LocalStack/CSQLite", pkgConfig: "sqlite3",
            providers: [.apt(["libsqlite3-dev"])]
        ),
        internalTarget(
            "LocalAPIGateway", in: "LocalStack",
            [
                "Encoding", "HTTPMessage", "HTTPServer", "JSON", "LocalLambda", "ServerlessTemplate", "Time",
                nio("NIOCore"),
            ]
        ),
        internalTarget(
            "LocalLambda", in: "LocalStack",
            [
                "CSpawn", "Encoding", "HTTPMessage", "HTTPServer", "JSON", "Time", serviceLifecycle, nio("NIOCore"),
                nio("NIOPosix"),
            ]
        ),
        internalTarget(
            "HTTPServer", in: "LocalStack",
            ["HTTPMessage", "Time", serviceLifecycle, nio("NIOCore"), nio("NIOPosix")]
        ),
        .target(name: "CSpawn", path: "Sources/LocalStack/CSpawn"),
        internalTarget(
            "LocalS3Website", in: "LocalStack",
            ["Encoding", "HTTPMessage", "HTTPServer", "Time", nio("NIOCore"), nio("NIOPosix")]
        ),
        internalTarget("ServerlessTemplate", in: "LocalStack", [.product(name: "Yams", package: "Yams")]),
        internalTarget(
            "ServerExecutables", in: "LocalStack",
            ["bashoutter-local", "DeleteHaiku", "GetHaiku", "PatchHaiku", "PostHaiku"]
        ),

        // MARK: LoadClient
        .executableTarget(
            name: "bashoutter-client",
            dependencies: [
                "DynamoDB", "Haiku", "HaikuRepository", "LoadClient", "ProcessLimits", argumentParser, logging,
                nio("NIOPosix"),
            ],
            path: "Sources/LoadClient/bashoutter-client",
            swiftSettings: commonSwiftSettings
        ),
        internalTarget(
            "LoadClient", in: "LoadClient",
            [
                "CCurl", "Encoding", "HTTPConnection", "HTTPMessage", "JSON",
                .product(name: "Histogram", package: "hdrhistogram-swift"), nio("NIOCore"),
            ]
        ),
        .target(name: "CCurl", dependencies: ["CLibcurl"], path: "Sources/LoadClient/CCurl"),
        .systemLibrary(
            name: "CLibcurl", path: "Sources/LoadClient/CLibcurl", pkgConfig: "libcurl",
            providers: [.apt(["libcurl4-openssl-dev"])]
        ),

        // MARK: Benchmarks
        .executableTarget(
            name: "OK", dependencies: ["LambdaRuntime"], path: "Benchmarks/OK",
            swiftSettings: commonSwiftSettings, linkerSettings: lambdaLinkerSettings
        ),
        .executableTarget(
            name: "Transcoding", dependencies: ["DynamoDB", "Haiku", "HaikuRepository", nio("NIOCore")],
            path: "Benchmarks/Transcoding", swiftSettings: commonSwiftSettings
        ),

        // MARK: Tests
        .target(
            name: "ScriptedServer", dependencies: [nio("NIOCore"), nio("NIOPosix")],
            path: "Tests/Support/ScriptedServer", swiftSettings: commonSwiftSettings
        ),

        unitTests(
            for: "HaikuAPI", in: "Bashoutter",
            ["APIGateway", "Haiku", "HaikuRepository", "JSON", "LambdaRuntime", logging, nio("NIOCore")]
        ),
        unitTests(for: "HaikuRepository", in: "Bashoutter", ["DynamoDB", "Haiku", "JSON", nio("NIOCore")]),
        unitTests(for: "Haiku", in: "Bashoutter"),

        unitTests(for: "APIGateway", in: "AWS", ["JSON"]),
        unitTests(
            for: "LambdaRuntime", in: "AWS",
            [
                "HTTPConnection", "HTTPMessage", "JSON", "ScriptedServer", logging, nio("NIOCore"), nio("NIOHTTP1"),
                nio("NIOPosix"),
            ]
        ),
        unitTests(
            for: "DynamoDB", in: "AWS",
            [
                "Encoding", "HTTPConnection", "HTTPMessage", "JSON", "ScriptedServer", logging, nio("NIOCore"),
                nio("NIOPosix"),
            ]
        ),

        unitTests(
            for: "HTTPConnection", in: "Support",
            [
                "HTTPMessage", "ScriptedServer", nio("NIOCore"), nio("NIOPosix"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]
        ),
        unitTests(for: "JSON", in: "Support"),
        unitTests(for: "Encoding", in: "Support"),
        unitTests(for: "SHA2", in: "Support"),
        unitTests(for: "Time", in: "Support"),
        unitTests(for: "ProcessLimits", in: "Support"),

        unitTests(for: "EmbeddedDynamoDB", in: "LocalStack", ["JSON", logging]),
        unitTests(
            for: "LocalAPIGateway", in: "LocalStack",
            [
                "Encoding", "HTTPMessage", "HTTPServer", "JSON", "LocalLambda", "ServerlessTemplate",
                nio("NIOCore"), nio("NIOPosix"),
            ]
        ),
        unitTests(
            for: "LocalLambda", in: "LocalStack",
            ["HTTPMessage", "HTTPServer", "JSON", nio("NIOCore"), nio("NIOPosix")]
        ),
        unitTests(for: "HTTPServer", in: "LocalStack", ["HTTPMessage", nio("NIOCore"), nio("NIOPosix")]),
        unitTests(
            for: "LocalS3Website", in: "LocalStack",
            ["HTTPMessage", "HTTPServer", nio("NIOCore"), nio("NIOPosix")]
        ),
        unitTests(for: "ServerlessTemplate", in: "LocalStack"),

        unitTests(for: "LoadClient", in: "LoadClient", ["JSON"]),
    ]
)
