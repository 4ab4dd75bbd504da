import ArgumentParser
import Foundation
import LoadClient

struct ReportOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Write the report as JSON.", valueName: "file"))
    var json: String?

    @Option(help: ArgumentHelp("Write the latencies for HdrHistogram's plotter.", valueName: "file"))
    var hgrm: String?

    @Option(help: ArgumentHelp("Write the charts as SVG.", valueName: "file"))
    var svg: String?

    @Option(
        help: ArgumentHelp("Exit with status 1 if the condition holds; repeatable.", valueName: "condition"),
        transform: { try FailCondition($0) }
    )
    var failIf: [FailCondition] = []

    /// Throws ``ReportFileError`` if a file cannot be written, so that this fails before the run instead of after it.
    func checkFiles() throws {
        for path in [json, hgrm, svg].compactMap({ $0 }) {
            guard let file = fopen(path, "a") else {
                throw ReportFileError(path: path, reason: String(cString: strerror(errno)))
            }
            fclose(file)
        }
    }

    func write(_ report: LoadReport) throws {
        try write(json, Data(report.json))
        try write(hgrm, Data(report.hgrm.utf8))
        try write(svg, Data(report.svg.utf8))
    }

    private func write(_ path: String?, _ data: @autoclosure () -> Data) throws {
        guard let path else { return }
        do {
            try data().write(to: URL(fileURLWithPath: path))
        } catch {
            throw ReportFileError(path: path, reason: error.localizedDescription)
        }
    }
}
