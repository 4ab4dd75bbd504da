import Foundation
import Yams

/// The template as YAML nodes, with the sections that are read by name.
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
            throw TemplateError(file: file, line: node?.mark?.line, "is not a template: there are no sections")
        }
        root = mapping
    }

    /// A section such as `Resources`; empty when the template has none.
    func section(_ name: String) throws(TemplateError) -> [(name: String, node: Node)] {
        guard let node = root[name] else { return [] }
        return try members(of: node, called: name)
    }

    /// The members of a mapping, in the order of the file.
    func members(of node: Node, called what: String) throws(TemplateError) -> [(name: String, node: Node)] {
        guard case .mapping(let mapping) = node else { throw error(at: node, "\(what) must be a mapping") }
        var members: [(String, Node)] = []
        for (key, value) in mapping {
            guard case .scalar(let scalar) = key else { throw error(at: key, "a key of \(what) must be a string") }
            members.append((scalar.string, value))
        }
        return members
    }

    func error(at node: Node, _ message: String) -> TemplateError {
        TemplateError(file: file, line: node.mark?.line, message)
    }
}

/// Reading the file is all that Foundation is used for here.
enum TemplateFile {
    static func read(_ path: String) throws -> String {
        guard FileManager.default.fileExists(atPath: path) else { throw Problem.missing }
        return try String(contentsOfFile: path, encoding: .utf8)
    }

    enum Problem: Error, CustomStringConvertible {
        case missing
        var description: String { "there is no such file" }
    }
}

extension YamlError {
    fileprivate func templateError(in file: String) -> TemplateError {
        switch self {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            TemplateError(file: file, line: mark.line, "is not YAML: \(problem)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            TemplateError(
                file: file,
                line: context.mark.line,
                "the same key occurs twice: \(duplicates.sorted().joined(separator: ", "))"
            )
        default:
            TemplateError(file: file, line: nil, "is not YAML: \(self)")
        }
    }
}
