import ArgumentParser
import Foundation
import LoadClient

struct ConnectionOptions: ParsableArguments {
    @Argument(help: "The API's base URL.", transform: { try Endpoint($0) })
    var endpoint: Endpoint

    @Option(help: ArgumentHelp("Additional header, 'Name: value'; repeatable.", valueName: "line"))
    var header: [String] = []

    @Option(
        help: ArgumentHelp("Sign requests with the AWS_* credentials in the environment.", valueName: "region")
    )
    var awsSigv4: String?

    @Option(
        help: ArgumentHelp("Limit for one request (default: 30s).", valueName: "time"),
        transform: { try TimeOption.positive($0) }
    )
    var timeout: Nanoseconds = 30_000_000_000

    @Flag(help: "Do not verify TLS certificates.")
    var insecure = false

    @Flag(name: .customLong("http2"), help: "Use HTTP/2; https only.")
    var http2 = false

    func validate() throws {
        // libcurl 7.88 does not reuse HTTP/2 connections without TLS.
        if http2, !endpoint.base.hasPrefix("https:") {
            throw ValidationError("--http2 requires an https endpoint; got \(endpoint.base)")
        }
        for line in header {
            guard let colon = line.firstIndex(of: ":"), colon != line.startIndex,
                !line.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F })
            else { throw ValidationError("--header must be 'Name: value' without control characters; got '\(line)'") }
        }
    }

    /// - Throws: ``MissingCredentials`` if requests are to be signed and a variable is not set.
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
