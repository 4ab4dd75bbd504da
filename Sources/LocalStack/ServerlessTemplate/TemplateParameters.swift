import Foundation
import Yams

/// Gives the template's parameters their values.
enum TemplateParameters {
    static func resolve(
        _ document: TemplateDocument,
        overrides: [String: String],
        localDefaults: [String: String]
    ) throws(TemplateError) -> [String: String] {
        var values: [String: String] = [:]
        let declared = try document.section("Parameters")
        for (name, node) in declared {
            guard let value = overrides[name] ?? localDefaults[name] ?? node["Default"]?.scalar?.string else {
                throw document.error(
                    at: node,
                    "the parameter \(name) has no default: give it with --parameter \(name)=…"
                )
            }
            if let rule = violation(by: value, of: node) {
                throw document.error(at: node, "the parameter \(name) cannot be \"\(value)\": \(rule)")
            }
            values[name] = value
        }
        for name in overrides.keys.sorted() where values[name] == nil {
            let known = declared.map(\.name).joined(separator: ", ")
            throw TemplateError(file: document.file, line: nil, "there is no parameter \(name); there are: \(known)")
        }
        return values
    }

    /// The rule of the declaration `node` that `value` breaks.
    private static func violation(by value: String, of node: Node) -> String? {
        let constraint = node["ConstraintDescription"]?.scalar?.string
        if let allowed = node["AllowedValues"]?.sequence?.compactMap({ $0.scalar?.string }), !allowed.contains(value) {
            return constraint ?? "it must be one of \(allowed.joined(separator: ", "))"
        }
        if let pattern = node["AllowedPattern"]?.scalar?.string,
            value.range(of: "^(?:\(pattern))$", options: .regularExpression) == nil
        {
            return constraint ?? "it must match \(pattern)"
        }
        guard node["Type"]?.scalar?.string == "Number" else { return nil }
        guard let number = Double(value) else { return "it must be a number" }
        if let least = node["MinValue"]?.scalar?.string, let bound = Double(least), number < bound {
            return constraint ?? "it must be at least \(least)"
        }
        if let most = node["MaxValue"]?.scalar?.string, let bound = Double(most), number > bound {
            return constraint ?? "it must be at most \(most)"
        }
        return nil
    }
}
