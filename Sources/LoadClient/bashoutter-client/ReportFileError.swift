struct ReportFileError: Error, CustomStringConvertible {
    let path: String
    var action = "write"
    let reason: String

    var description: String { "cannot \(action) \(path): \(reason)" }
}
