import Yams

/// The template as YAML nodes.
struct TemplateDocument {
    let file: String
    let root: Node.Mapping

    init(yaml: String, file: String) throws(TemplateError) {
        self.file = file
        let node: Node?
        do {
            node = try Yams.compose(yaml: yaml)
        } catch let error as YamlError {
            throw error.templateError(in: file)
        } catch {
            throw TemplateError(file: file, line: nil, "\(error)")
        }
        guard case .mapping(let mapping) = node else {
            throw TemplateError(
                file: file, line: node?.mark?.line,
                "not a template: the top level must be a mapping with sections such as Resources")
        }
        root = mapping
    }

    /// The members of a section such as `Resources`; empty if the template does not have it.
    func section(_ name: String) throws(TemplateError) -> [(name: String, node: Node)] {
        guard let node = root[name] else { return [] }
        return try members(of: node, called: name)
    }

    /// The members of a mapping, in the order of the file.
    ///
    /// - Parameter what: What the node is, for error messages.
    func members(of node: Node, called what: String) throws(TemplateError) -> [(name: String, node: Node)] {
        guard case .mapping(let mapping) = node else { throw error(at: node, "\(what) must be a mapping") }
        var members: [(String, Node)] = []
        for (key, value) in mapping {
            guard case .scalar(let scalar) = key else { throw error(at: key, "keys of \(what) must be strings") }
            members.append((scalar.string, value))
        }
        return members
    }

    func error(at node: Node, _ message: String) -> TemplateError {
        TemplateError(file: file, line: node.mark?.line, message)
    }
}
