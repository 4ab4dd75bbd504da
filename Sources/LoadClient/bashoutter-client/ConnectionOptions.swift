import ArgumentParser
import Foundation
import LoadClient

/// The endpoint and how to talk to it.
struct ConnectionOptions: ParsableArguments {
    @Argument(help: "The API's base URL.", transform: { try Endpoint($0) })
    var endpoint: Endpoint

    @Option(help: ArgumentHelp("Another header, 'Name: value'; repeatable.", valueName: "line"))
    var header: [String] = []

    @Option(
        help: ArgumentHelp("Sign requests for IAM, from AWS_ACCESS_KEY_ID etc.", valueName: "region")
    )
    var awsSigv4: String?

    @Option(
        help: ArgumentHelp("Give a request up after this time (default: 30s).", valueName: "time"),
        transform: { try TimeOption.positive($0) }
    )
    var timeout: Nanoseconds = 30_000_000_000

    @Flag(help: "Accept any TLS certificate.")
    var insecure = false

    @Flag(name: .customLong("http2"), help: "Speak HTTP/2; https only.")
    var http2 = false

    func validate() throws {
        // libcurl 7.88 fails to use a connection again that it spoke HTTP/2 over without TLS.
        if http2, !endpoint.base.hasPrefix("https:") { throw ValidationError("--http2 needs an https endpoint.") }
        for line in header {
            guard let colon = line.firstIndex(of: ":"), colon != line.startIndex,
                !line.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F })
            else { throw ValidationError("--header '\(line)' is not 'Name: value'.") }
        }
    }

    /// The settings that the options describe.
    func settings() throws -> ConnectionSettings {
        var settings = ConnectionSettings()
        settings.timeout = timeout
        settings.headers = header
        settings.acceptsAnyCertificate = insecure
        settings.usesHTTP2 = http2
        if let awsSigv4 {
            settings.signature = try RequestSignature(
                region: awsSigv4,
                environment: ProcessInfo.processInfo.environment
            )
        }
        return settings
    }
}

/// Options that are times or counts.
enum TimeOption {
    static func any(_ text: String) throws -> Nanoseconds {
        guard let time = TimeSpan.nanoseconds(in: text) else {
            throw ValidationError("'\(text)' is not a time, such as 500ms, 10s, 2m or 1h.")
        }
        return time
    }

    static func positive(_ text: String) throws -> Nanoseconds {
        let time = try any(text)
        guard time >= 1_000_000 else { throw ValidationError("'\(text)' is too short.") }
        return time
    }
}
