import Foundation
import Yams

/// Determines the values of the template's parameters.
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
                    "parameter \(name) has no default: set it with --parameter \(name)=…"
                )
            }
            if let rule = violation(by: value, of: node) {
                throw document.error(at: node, "parameter \(name) \(rule); got \"\(value)\"")
            }
            values[name] = value
        }
        for name in overrides.keys.sorted() where values[name] == nil {
            let names = declared.map(\.name).joined(separator: ", ")
            throw TemplateError(
                file: document.file, line: nil, "unknown parameter \(name); the template declares: \(names)")
        }
        return values
    }

    /// The rule in the declaration `node` that `value` violates, if any.
    private static func violation(by value: String, of node: Node) -> String? {
        let constraint = node["ConstraintDescription"]?.scalar?.string
        if let allowed = node["AllowedValues"]?.sequence?.compactMap({ $0.scalar?.string }), !allowed.contains(value) {
            return constraint ?? "must be one of \(allowed.joined(separator: ", "))"
        }
        if let pattern = node["AllowedPattern"]?.scalar?.string,
            value.range(of: "^(?:\(pattern))$", options: .regularExpression) == nil
        {
            return constraint ?? "must match \(pattern)"
        }
        guard node["Type"]?.scalar?.string == "Number" else { return nil }
        guard let number = Double(value) else { return "must be a number" }
        if let least = node["MinValue"]?.scalar?.string, let bound = Double(least), number < bound {
            return constraint ?? "must be at least \(least)"
        }
        if let most = node["MaxValue"]?.scalar?.string, let bound = Double(most), number > bound {
            return constraint ?? "must be at most \(most)"
        }
        return nil
    }
}
