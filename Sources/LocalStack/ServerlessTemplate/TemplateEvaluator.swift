import Yams

/// Resolves intrinsic functions, in their short (`!Ref X`) and long (`{Ref: X}`) forms, to plain values.
struct TemplateEvaluator {
    let document: TemplateDocument
    let parameters: [String: String]
    /// Not yet evaluated.
    let conditions: [String: Node]
    let mappings: [String: Node]
    /// Not yet evaluated, for references to them.
    let resources: [String: Node]
    /// The resources and conditions that are being evaluated, whose values must not depend on themselves.
    var inProgress: Set<String> = []

    init(
        document: TemplateDocument,
        parameters overrides: [String: String],
        localDefaults: [String: String]
    ) throws(TemplateError) {
        self.document = document
        conditions = Dictionary(try document.section("Conditions")) { $1 }
        mappings = Dictionary(try document.section("Mappings")) { $1 }
        resources = Dictionary(try document.section("Resources")) { $1 }
        parameters = try TemplateParameters.resolve(document, overrides: overrides, localDefaults: localDefaults)
    }

    func value(of node: Node) throws(TemplateError) -> TemplateValue {
        if let (function, argument) = intrinsic(of: node) { return try apply(function, to: argument, at: node) }
        let line = node.mark?.line
        switch node {
        case .scalar(let scalar):
            let isEmpty = scalar.string.isEmpty && scalar.style == .plain
            return TemplateValue(content: isEmpty ? .nothing : .text(scalar.string), line: line)
        case .sequence(let sequence):
            var list: [TemplateValue] = []
            for node in sequence {
                let value = try value(of: node)
                if !value.isNothing { list.append(value) }
            }
            return TemplateValue(content: .list(list), line: line)
        case .mapping:
            var map: [TemplateValue.Member] = []
            for (name, node) in try document.members(of: node, called: "a mapping") {
                map.append(.init(key: name, value: try value(of: node)))
            }
            return TemplateValue(content: .map(map), line: line)
        case .alias:
            throw document.error(at: node, "CloudFormation does not support YAML aliases")
        }
    }

    /// The intrinsic function that `node` calls, by the name of its long form, and its argument without the tag.
    private func intrinsic(of node: Node) -> (name: String, argument: Node)? {
        let tag = node.tag.description
        if tag.hasPrefix("!") {
            let short = String(tag.dropFirst())
            let name = short == "Ref" || short == "Condition" ? short : "Fn::\(short)"
            return (name, node.untagged)
        }
        guard case .mapping(let mapping) = node, mapping.count == 1, let (key, argument) = mapping.first,
            let name = key.scalar?.string, name == "Ref" || name.hasPrefix("Fn::")
        else { return nil }
        return (name, argument)
    }

    private func apply(_ function: String, to argument: Node, at node: Node) throws(TemplateError) -> TemplateValue {
        let line = node.mark?.line
        func text(_ text: String) -> TemplateValue { TemplateValue(content: .text(text), line: line) }
        switch function {
        case "Ref":
            return try reference(to: try self.text(argument, of: "Ref"), at: node)
        case "Fn::GetAtt":
            return text(try attribute(argument, at: node))
        case "Fn::Sub":
            return text(try substitute(argument, at: node))
        case "Fn::Join":
            let parts = try list(argument, of: "Join", count: 2)
            guard let separator = parts[0].text, let elements = parts[1].list else {
                throw document.error(at: node, "Join needs a separator and a list")
            }
            return text(elements.compactMap(\.text).joined(separator: separator))
        case "Fn::Select":
            let parts = try list(argument, of: "Select", count: 2)
            guard let index = parts[0].text.flatMap({ Int($0) }), let elements = parts[1].list,
                elements.indices.contains(index)
            else { throw document.error(at: node, "Select needs an index and a list that contains it") }
            return elements[index]
        case "Fn::Split":
            let parts = try list(argument, of: "Split", count: 2)
            guard let separator = parts[0].text, let whole = parts[1].text, !separator.isEmpty else {
                throw document.error(at: node, "Split needs a separator and a string")
            }
            let pieces = whole.split(separator: separator, omittingEmptySubsequences: false)
            return TemplateValue(content: .list(pieces.map { text(String($0)) }), line: line)
        case "Fn::FindInMap":
            return try find(in: try list(argument, of: "FindInMap", count: 3), at: node)
        case "Fn::If":
            guard case .sequence(let parts) = argument, parts.count == 3 else {
                throw document.error(at: node, "If needs a condition and two values")
            }
            let condition = try self.text(parts[0], of: "If")
            return try value(of: try isTrue(condition, at: node) ? parts[1] : parts[2])
        case "Fn::Equals", "Fn::And", "Fn::Or", "Fn::Not", "Condition":
            return text(try isTrue(function, argument, at: node) ? "true" : "false")
        default:
            let name = function.hasPrefix("Fn::") ? String(function.dropFirst(4)) : function
            throw document.error(at: node, "intrinsic function \(name) is not supported locally")
        }
    }

    func text(_ node: Node, of what: String) throws(TemplateError) -> String {
        guard let text = try value(of: node).text else { throw document.error(at: node, "\(what) needs a string") }
        return text
    }

    func list(_ node: Node, of what: String, count: Int) throws(TemplateError) -> [TemplateValue] {
        guard let list = try value(of: node).list, list.count == count else {
            throw document.error(at: node, "\(what) needs \(count) values")
        }
        return list
    }

    private func find(in path: [TemplateValue], at node: Node) throws(TemplateError) -> TemplateValue {
        let names = path.compactMap(\.text)
        guard names.count == 3, let map = mappings[names[0]], let found = map[names[1]]?[names[2]] else {
            throw document.error(at: node, "unknown mapping \(names.joined(separator: "."))")
        }
        return try value(of: found)
    }
}

extension Node {
    /// The argument of a function in its short form: the node without its tag.
    fileprivate var untagged: Node {
        switch self {
        case .scalar(var scalar):
            scalar.tag = .implicit
            return .scalar(scalar)
        case .sequence(var sequence):
            sequence.tag = .implicit
            return .sequence(sequence)
        case .mapping(var mapping):
            mapping.tag = .implicit
            return .mapping(mapping)
        case .alias:
            return self
        }
    }
}
