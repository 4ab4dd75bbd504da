import ArgumentParser
import Foundation
import LoadClient

struct ReportOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Write the report as JSON; - is standard output.", valueName: "file"))
    var json: String?

    @Option(help: ArgumentHelp("Write the latencies for HdrHistogram's plotter.", valueName: "file"))
    var hgrm: String?

    @Option(help: ArgumentHelp("Write the charts as SVG.", valueName: "file"))
    var svg: String?

    @Option(help: ArgumentHelp("Write the measurements of the seconds as CSV.", valueName: "file"))
    var csv: String?

    @Option(
        help: ArgumentHelp("Exit with status 1 if the condition holds; repeatable.", valueName: "condition"),
        transform: { try FailCondition($0) }
    )
    var failIf: [FailCondition] = []

    private var files: [String] { [json, hgrm, svg, csv].compactMap { $0 } }

    /// Whether a report goes to standard output, where nothing else must be.
    var usesStandardOutput: Bool { files.contains("-") }

    /// Throws ``ReportFileError`` if a file cannot be written, so that this fails before the run instead of after it.
    func checkFiles() throws {
        for path in files where path != "-" {
            guard let file = fopen(path, "a") else {
                throw ReportFileError(path: path, reason: String(cString: strerror(errno)))
            }
            fclose(file)
        }
    }

    func validate() throws {
        guard files.count(where: { $0 == "-" }) <= 1 else {
            throw ValidationError("only one report can go to standard output (-)")
        }
    }

    func write(_ report: LoadReport) throws {
        try Self.write(json, Data(report.json))
        try Self.write(hgrm, Data(report.hgrm.utf8))
        try Self.write(svg, Data(report.svg.utf8))
        try Self.write(csv, Data(report.csv.utf8))
    }

    static func write(_ path: String?, _ data: @autoclosure () -> Data) throws {
        guard let path else { return }
        if path == "-" { return FileHandle.standardOutput.write(data()) }
        do {
            try data().write(to: URL(fileURLWithPath: path))
        } catch {
            throw ReportFileError(path: path, reason: error.localizedDescription)
        }
    }
}
