/// The parts of a SAM template that a run on one machine needs, with every intrinsic function resolved.
///
/// ```swift
/// let template = try ServerlessTemplate(contentsOf: "infra/template.yaml", localDefaults: ["FeedShards": "1"])
/// for route in template.routes { print(route.method, route.path, "→", route.functionID) }
/// ```
///
/// Resources of other types, and properties that have no meaning locally, are not looked at. What is looked at must be
/// understood: an unknown function, parameter or resource is an error that names its line.
///
/// Source: "AWS SAM resources and properties" and "Intrinsic function reference" of the AWS documentation.
public struct ServerlessTemplate: Sendable {
    /// The template's `AWS::Serverless::Function` resources, in the order of the file.
    public let functions: [FunctionResource]
    /// The routes of the HTTP API, in the order of the file.
    public let routes: [Route]
    /// The HTTP API's CORS settings, if it has any.
    public let cors: CORSConfiguration?
    /// The template's tables, in the order of the file.
    public let tables: [TableResource]
    /// What the template has that a local run leaves out, a sentence each.
    public let notes: [String]

    /// Reads the template in the file at `path`.
    ///
    /// - Parameters:
    ///   - parameters: Values of the template's parameters. One that the template does not declare is an error.
    ///   - localDefaults: Values that replace the defaults of those parameters which the template declares.
    /// - Throws: ``TemplateError``.
    public init(
        contentsOf path: String,
        parameters: [String: String] = [:],
        localDefaults: [String: String] = [:]
    ) throws(TemplateError) {
        let yaml: String
        do {
            yaml = try TemplateFile.read(path)
        } catch {
            throw TemplateError(file: path, line: nil, "cannot be read: \(error)")
        }
        try self.init(yaml: yaml, file: path, parameters: parameters, localDefaults: localDefaults)
    }

    /// Reads the template in `yaml`; `file` names it in errors. See ``init(contentsOf:parameters:localDefaults:)``.
    public init(
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
        tables = try reader.readTables()
        notes = reader.notes
    }
}
