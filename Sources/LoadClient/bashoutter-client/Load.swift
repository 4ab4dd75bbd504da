import ArgumentParser
import Foundation
import LoadClient
import ProcessLimits

struct Load: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Load-tests the API at a given rate, or as fast as possible.",
        usage: "bashoutter-client ENDPOINT load [options]",
        discussion: """
            Example:
              bashoutter-client http://127.0.0.1:8080 load --rate 1000 --duration 30s \\
                --svg report.svg --fail-if 'p99>200ms' --fail-if 'errors>0.1%'
            """
    )

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var load: LoadOptions
    @OptionGroup var reports: ReportOptions

    func run() async throws {
        Interruption.installSignalHandlers()
        FileDescriptorLimit.raise(forConnections: load.concurrency)
        try reports.checkFiles()
        var settings = try connection.settings()
        settings.limit = load.limit
        let plan = load.plan
        let test = LoadTest(endpoint: connection.endpoint, settings: settings, plan: plan)
        let pool = try test.probe()
        Terminal.print(LoadReport.heading(endpoint: connection.endpoint.base, plan: plan))
        Terminal.print("\n" + LoadReport.secondHeading)
        let report = test.run(pool: pool, shouldStop: { Interruption.isRequested }) { second in
            Terminal.print(LoadReport.line(for: second))
        }
        Terminal.print("\n" + report.text)
        try reports.write(report)
        if report.isInterrupted { throw ExitCode(Interruption.exitStatus) }
        let failures = reports.failIf.compactMap { $0.failure(in: report) }
        for failure in failures { Terminal.printError("Failed: \(failure)") }
        if !failures.isEmpty { throw ExitCode.failure }
    }
}
