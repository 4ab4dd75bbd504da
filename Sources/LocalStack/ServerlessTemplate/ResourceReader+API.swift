import Yams

extension ResourceReader {
    /// The CORS settings of the HTTP API: the resource's own, else those of `Globals`.
    mutating func readCORS() throws(TemplateError) -> CORSConfiguration? {
        let apis = try resources(ofTypes: ["AWS::Serverless::HttpApi"])
        guard apis.count <= 1 else { throw document.error(at: apis[1].node, "only one HttpApi is played locally") }
        let properties = apis.first?.node["Properties"]
        if let node = properties?["DefinitionUri"] {
            throw document.error(at: node, "DefinitionUri is not read: routes are taken from the functions' events")
        }
        if let paths = properties?["DefinitionBody"]?["paths"] { try checkDefinition(try evaluator.value(of: paths)) }
        let globals = try document.section("Globals").first { $0.name == "HttpApi" }?.node
        guard let node = properties?["CorsConfiguration"] ?? globals?["CorsConfiguration"] else { return nil }
        let value = try evaluator.value(of: node)
        if value.text == "true" {
            return CORSConfiguration(allowOrigins: ["*"], allowMethods: ["*"], allowHeaders: ["*"])
        }
        guard value.map != nil else { return nil }
        return CORSConfiguration(
            allowOrigins: try strings(value["AllowOrigins"], "AllowOrigins"),
            allowMethods: try strings(value["AllowMethods"], "AllowMethods"),
            allowHeaders: try strings(value["AllowHeaders"], "AllowHeaders"),
            exposeHeaders: try strings(value["ExposeHeaders"], "ExposeHeaders"),
            maxAge: try value["MaxAge"].map { value throws(TemplateError) in
                try integer(value, "MaxAge", in: 0...86_400)
            },
            allowCredentials: value["AllowCredentials"]?.text == "true"
        )
    }

    /// A definition may say more of the routes that events make, but may not bring routes of its own.
    private mutating func checkDefinition(_ paths: TemplateValue) throws(TemplateError) {
        for path in paths.map ?? [] {
            for operation in path.value.map ?? [] {
                let method = operation.key == "x-amazon-apigateway-any-method" ? "ANY" : operation.key.uppercased()
                guard routes.contains(where: { $0.path == path.key && $0.method == method }) else {
                    throw error(at: operation.value.line, "\(method) \(path.key) is no event of a function")
                }
                if let security = operation.value["security"] {
                    note(
                        "\(method) \(path.key) is to be signed; locally, signatures are not checked",
                        at: security.line
                    )
                }
            }
        }
    }
}
