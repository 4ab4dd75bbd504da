import Foundation

/// The parts of a SAM template that a local run needs, with all intrinsic functions resolved.
///
/// ```swift
/// let template = try ServerlessTemplate(contentsOf: "infra/template.yaml", localDefaults: ["FeedShards": "1"])
/// for route in template.routes { print(route.method, route.path, "→", route.functionID) }
/// ```
///
/// Resources of other types, and properties without a local meaning, are ignored. Everything else must be supported: an
/// unknown intrinsic function, or a reference to an undeclared parameter or resource, is an error with its line.
///
/// Sources: "AWS SAM resources and properties" of the AWS SAM Developer Guide, "Intrinsic function reference" of the
/// AWS CloudFormation User Guide.
package struct ServerlessTemplate: Sendable {
    /// The template's `AWS::Serverless::Function` resources, in the order of the file.
    package let functions: [FunctionResource]
    /// The routes of the HTTP API, in the order of the file.
    package let routes: [Route]
    /// Nil if the template configures no CORS.
    package let cors: CORSConfiguration?
    /// Nil if the template does not throttle the API.
    package let throttle: ThrottleSettings?
    /// The template's DynamoDB tables, in the order of the file.
    package let tables: [TableResource]
    /// What a local run ignores although it affects requests: one message each.
    package let notes: [String]

    /// - Parameters:
    ///   - parameters: Values of the template's parameters. One that the template does not declare is an error.
    ///   - localDefaults: Replacements for defaults in the template. Those of undeclared parameters are ignored.
    package init(
        contentsOf path: String,
        parameters: [String: String] = [:],
        localDefaults: [String: String] = [:]
    ) throws(TemplateError) {
        guard FileManager.default.fileExists(atPath: path) else {
            throw TemplateError(file: path, line: nil, "no such file")
        }
        let yaml: String
        do {
            yaml = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw TemplateError(file: path, line: nil, "could not be read as UTF-8 text: \(error.localizedDescription)")
        }
        try self.init(yaml: yaml, file: path, parameters: parameters, localDefaults: localDefaults)
    }

    /// - Parameter file: The template's path, for error messages.
    package init(
        yaml: String,
        file: String,
        parameters: [String: String] = [:],
        localDefaults: [String: String] = [:]
    ) throws(TemplateError) {
        let document = try TemplateDocument(yaml: yaml, file: file)
        let evaluator = try TemplateEvaluator(
            document: document,
            parameters: parameters,
            localDefaults: localDefaults
        )
        var reader = ResourceReader(document: document, evaluator: evaluator)
        functions = try reader.readFunctions()
        routes = reader.routes
        cors = try reader.readCORS()
        throttle = try reader.readThrottle()
        tables = try reader.readTables()
        notes = reader.notes
    }
}
