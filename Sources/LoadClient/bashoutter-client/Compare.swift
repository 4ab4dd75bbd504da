import ArgumentParser
import Foundation
import LoadClient

struct Compare: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compares two JSON reports of load.",
        usage: "bashoutter-client compare A.json B.json [--svg FILE]",
        discussion: """
            Reports a difference only if it exceeds the noise, which it estimates from the
            variation between the seconds of each run. Use runs of at least 30 seconds.

            Example:
              bashoutter-client compare before.json after.json --svg comparison.svg
            """
    )

    @Argument(help: ArgumentHelp("The first report.", valueName: "A.json"))
    var a: String

    @Argument(help: ArgumentHelp("The second report.", valueName: "B.json"))
    var b: String

    @Option(help: ArgumentHelp("Write charts of both runs as SVG.", valueName: "file"))
    var svg: String?

    func run() async throws {
        let comparison = ReportComparison(try report(a), try report(b))
        Terminal.print(comparison.text)
        if let svg { try ReportOptions.write(svg, Data(comparison.svg.utf8)) }
    }

    private func report(_ path: String) throws -> SavedReport {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ReportFileError(path: path, action: "read", reason: String(cString: strerror(errno)))
        }
        return try SavedReport(name: path, json: Array(data))
    }
}
