import Yams

extension TemplateEvaluator {
    /// The value of `Ref: name`.
    func reference(to name: String, at node: Node) throws(TemplateError) -> TemplateValue {
        let line = node.mark?.line
        if name == "AWS::NoValue" { return TemplateValue(content: .nothing, line: line) }
        let parameter = pseudoParameter(name) ?? parameters[name]
        guard let text = try parameter == nil ? physicalID(of: name) : parameter else {
            throw document.error(at: node, "unknown parameter or resource \(name)")
        }
        return TemplateValue(content: .text(text), line: line)
    }

    /// Returns an evaluator for the content of `name`, which rejects another reference to `name`.
    private func evaluating(_ name: String, at node: Node) throws(TemplateError) -> TemplateEvaluator {
        guard !inProgress.contains(name) else { throw document.error(at: node, "circular reference to \(name)") }
        var evaluator = self
        evaluator.inProgress.insert(name)
        return evaluator
    }

    /// The value of `GetAtt: [resource, attribute]` or `GetAtt: resource.attribute`.
    func attribute(_ argument: Node, at node: Node) throws(TemplateError) -> String {
        let value = try value(of: argument)
        let names = value.list?.compactMap(\.text) ?? []
        return try attribute(value.text ?? names.joined(separator: "."), at: node)
    }

    /// Resolves `${…}` in the argument of `Sub`, which is a string, or a string and a mapping of names.
    func substitute(_ argument: Node, at node: Node) throws(TemplateError) -> String {
        var names: [String: String] = [:]
        let pattern: String
        if case .sequence(let parts) = argument {
            guard parts.count == 2, let map = try value(of: parts[1]).map else {
                throw document.error(at: node, "Sub needs a string, or a string and a mapping")
            }
            for member in map { names[member.key] = member.value.text }
            pattern = try text(parts[0], of: "Sub")
        } else {
            pattern = try text(argument, of: "Sub")
        }
        var result = ""
        var rest = Substring(pattern)
        while let start = rest.firstRange(of: "${") {
            result += rest[..<start.lowerBound]
            rest = rest[start.upperBound...]
            guard let end = rest.firstIndex(of: "}") else { throw document.error(at: node, "Sub has a ${ without }") }
            let name = rest[..<end]
            rest = rest[rest.index(after: end)...]
            if name.hasPrefix("!") {
                result += "${\(name.dropFirst())}"
            } else if let value = names[String(name)] {
                result += value
            } else if name.contains("."), !name.hasPrefix("AWS::") {
                result += try attribute(String(name), at: node)
            } else {
                result += try reference(to: String(name), at: node).text ?? ""
            }
        }
        return result + rest
    }

    func isTrue(_ name: String, at node: Node) throws(TemplateError) -> Bool {
        guard let condition = conditions[name] else { throw document.error(at: node, "unknown condition \(name)") }
        return try evaluating("condition \(name)", at: node).value(of: condition).text == "true"
    }

    /// Evaluates a condition function.
    func isTrue(_ function: String, _ argument: Node, at node: Node) throws(TemplateError) -> Bool {
        switch function {
        case "Condition":
            return try isTrue(try text(argument, of: "Condition"), at: node)
        case "Fn::Equals":
            let sides = try list(argument, of: "Equals", count: 2)
            return sides[0].text == sides[1].text
        default:
            var results: [Bool] = []
            for part in try value(of: argument).list ?? [] {
                if let name = part["Condition"]?.text {
                    results.append(try isTrue(name, at: node))
                } else {
                    results.append(part.text == "true")
                }
            }
            switch function {
            case "Fn::Not": return results.count == 1 && !results[0]
            case "Fn::And": return results.allSatisfy { $0 }
            default: return results.contains(true)
            }
        }
    }

    /// The resource's name in a local run; nil if there is no such resource.
    func physicalID(of logicalID: String) throws(TemplateError) -> String? {
        guard let resource = resources[logicalID] else { return nil }
        let key =
            switch resource["Type"]?.scalar?.string {
            case "AWS::Serverless::Function": "FunctionName"
            case "AWS::DynamoDB::Table", "AWS::Serverless::SimpleTable": "TableName"
            default: ""
            }
        guard let name = resource["Properties"]?[key] else { return logicalID }
        return try evaluating(logicalID, at: name).value(of: name).text ?? logicalID
    }

    private func attribute(_ path: String, at node: Node) throws(TemplateError) -> String {
        let parts = path.split(separator: ".", maxSplits: 1).map(String.init)
        guard parts.count == 2, let resource = resources[parts[0]], let name = try physicalID(of: parts[0]) else {
            throw document.error(at: node, "unknown resource in \(path)")
        }
        let base = "\(LocalAccount.region):\(LocalAccount.id)"
        switch (resource["Type"]?.scalar?.string, parts[1]) {
        case ("AWS::DynamoDB::Table", "Arn"), ("AWS::Serverless::SimpleTable", "Arn"):
            return "arn:aws:dynamodb:\(base):table/\(name)"
        case ("AWS::Serverless::Function", "Arn"):
            return "arn:aws:lambda:\(base):function:\(name)"
        case ("AWS::SSM::Parameter", "Value"):
            guard let value = resource["Properties"]?["Value"] else {
                throw document.error(at: node, "SSM parameter \(parts[0]) has no Value")
            }
            return try evaluating(parts[0], at: value).text(value, of: "Value")
        default:
            throw document.error(at: node, "attribute \(path) is not supported locally")
        }
    }

    private func pseudoParameter(_ name: String) -> String? {
        switch name {
        case "AWS::AccountId": LocalAccount.id
        case "AWS::Partition": LocalAccount.partition
        case "AWS::Region": LocalAccount.region
        case "AWS::StackName": LocalAccount.stack
        case "AWS::StackId":
            "arn:aws:cloudformation:\(LocalAccount.region):\(LocalAccount.id):stack/\(LocalAccount.stack)/local"
        case "AWS::URLSuffix": "amazonaws.com"
        default: nil
        }
    }
}
