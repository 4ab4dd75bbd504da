import Yams

extension YamlError {
    func templateError(in file: String) -> TemplateError {
        switch self {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            TemplateError(file: file, line: mark.line, "invalid YAML: \(problem)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            TemplateError(
                file: file,
                line: context.mark.line,
                "duplicate keys: \(duplicates.sorted().joined(separator: ", "))"
            )
        default:
            TemplateError(file: file, line: nil, "invalid YAML: \(self)")
        }
    }
}
