import Yams

/// Reads the resources that a local run emulates.
struct ResourceReader {
    let document: TemplateDocument
    let evaluator: TemplateEvaluator
    /// The routes of the functions that have been read so far.
    private(set) var routes: [Route] = []
    /// What has been ignored, see ``ServerlessTemplate/notes``.
    private(set) var notes: [String] = []

    init(document: TemplateDocument, evaluator: TemplateEvaluator) {
        self.document = document
        self.evaluator = evaluator
    }

    /// The resources of these types, in the order of the file, without those whose condition is false.
    func resources(ofTypes types: Set<String>) throws(TemplateError) -> [(id: String, node: Node)] {
        var found: [(String, Node)] = []
        for (id, node) in try document.section("Resources") {
            guard let type = node["Type"]?.scalar?.string else {
                throw document.error(at: node, "resource \(id) has no Type")
            }
            guard types.contains(type) else { continue }
            if let condition = node["Condition"]?.scalar?.string, try !evaluator.isTrue(condition, at: node) {
                continue
            }
            found.append((id, node))
        }
        return found
    }

    mutating func add(_ route: Route) { routes.append(route) }

    mutating func note(_ message: String, at line: Int?) {
        notes.append(error(at: line, message).description)
    }

    func error(at line: Int?, _ message: String) -> TemplateError {
        TemplateError(file: document.file, line: line, message)
    }

    // MARK: Plain values

    func string(_ value: TemplateValue, _ what: String) throws(TemplateError) -> String {
        guard let text = value.text else { throw error(at: value.line, "\(what) must be a string") }
        return text
    }

    func integer(_ value: TemplateValue, _ what: String, in range: ClosedRange<Int>) throws(TemplateError) -> Int {
        guard let number = value.text.flatMap({ Int($0) }), range.contains(number) else {
            throw error(
                at: value.line,
                "\(what) must be an integer between \(range.lowerBound) and \(range.upperBound)"
                    + "; got \(value.text ?? "a list or mapping")"
            )
        }
        return number
    }

    /// Reads a list of strings. A single string counts as a list of one; nil as an empty list.
    func strings(_ value: TemplateValue?, _ what: String) throws(TemplateError) -> [String] {
        guard let value else { return [] }
        if let text = value.text { return [text] }
        guard let list = value.list else { throw error(at: value.line, "\(what) must be a list of strings") }
        var strings: [String] = []
        for element in list { strings.append(try string(element, what)) }
        return strings
    }
}
