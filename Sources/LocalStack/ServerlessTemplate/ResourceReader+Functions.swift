import Yams

extension ResourceReader {
    /// Reads all functions and their routes.
    mutating func readFunctions() throws(TemplateError) -> [FunctionResource] {
        let globals = try document.section("Globals").first { $0.name == "Function" }?.node
        var functions: [FunctionResource] = []
        for (id, node) in try resources(ofTypes: ["AWS::Serverless::Function"]) {
            guard let properties = node["Properties"] else {
                throw document.error(at: node, "function \(id) has no Properties")
            }
            functions.append(try readFunction(id, FunctionProperties(own: properties, globals: globals), at: node))
            if let events = properties["Events"] { try readEvents(of: id, try evaluator.value(of: events)) }
        }
        guard !functions.isEmpty else { throw error(at: nil, "the template has no AWS::Serverless::Function") }
        return functions
    }

    private func readFunction(
        _ id: String,
        _ properties: FunctionProperties,
        at node: Node
    ) throws(TemplateError) -> FunctionResource {
        guard let handler = try value("Handler", of: properties) else {
            throw document.error(at: node, "function \(id) has no Handler")
        }
        let memory = try value("MemorySize", of: properties)
        let timeout = try value("Timeout", of: properties)
        let policies = try readPolicies(try value("Policies", of: properties), of: id)
        return FunctionResource(
            logicalID: id,
            name: try evaluator.physicalID(of: id) ?? id,
            handler: try string(handler, "Handler"),
            memorySize: try memory.map { value throws(TemplateError) in
                try integer(value, "MemorySize", in: 128...10_240)
            } ?? 128,
            timeout: try timeout.map { value throws(TemplateError) in try integer(value, "Timeout", in: 1...900) } ?? 3,
            environment: try readEnvironment(of: properties),
            statements: policies.statements,
            otherPolicies: policies.others
        )
    }

    private func value(_ key: String, of properties: FunctionProperties) throws(TemplateError) -> TemplateValue? {
        guard let node = properties.own[key] ?? properties.globals?[key] else { return nil }
        let value = try evaluator.value(of: node)
        return value.isNothing ? nil : value
    }

    /// The function's variables, those of `Globals`, and those that Lambda derives from `LoggingConfig`. The function's own
    /// settings take precedence.
    private func readEnvironment(of properties: FunctionProperties) throws(TemplateError) -> [String: String] {
        var environment: [String: String] = [:]
        for node in [properties.globals, properties.own] {
            if let node = node?["LoggingConfig"] {
                let logging = try evaluator.value(of: node)
                if let format = logging["LogFormat"]?.text { environment["AWS_LAMBDA_LOG_FORMAT"] = format }
                if let level = logging["ApplicationLogLevel"]?.text { environment["AWS_LAMBDA_LOG_LEVEL"] = level }
            }
            guard let variables = node?["Environment"]?["Variables"] else { continue }
            for variable in try evaluator.value(of: variables).map ?? [] where !variable.value.isNothing {
                environment[variable.key] = try string(variable.value, "environment variable \(variable.key)")
            }
        }
        return environment
    }

    private mutating func readEvents(of id: String, _ events: TemplateValue) throws(TemplateError) {
        for member in events.map ?? [] {
            let (name, event) = (member.key, member.value)
            guard event["Type"]?.text == "HttpApi" else {
                note("event \(id).\(name) is ignored: a local run supports only HttpApi events", at: event.line)
                continue
            }
            let properties = event["Properties"]
            if let format = properties?["PayloadFormatVersion"], format.text != "2.0" {
                throw error(at: format.line, "a local run supports only PayloadFormatVersion 2.0")
            }
            let path = properties?["Path"]?.text ?? "$default"
            let method = properties?["Method"]?.text?.uppercased() ?? "ANY"
            guard path == "$default" || path.hasPrefix("/") else {
                throw error(at: event.line, "path \(path) of event \(id).\(name) must start with /")
            }
            let route = Route(method: method == "*" ? "ANY" : method, path: path, functionID: id)
            if let existing = routes.first(where: { $0.key == route.key }) {
                throw error(at: event.line, "route \(route.key) of \(id) is already defined by \(existing.functionID)")
            }
            add(route)
        }
    }
}
