import Yams

extension ResourceReader {
    /// Checks that a local run supports the HTTP API, and reads its CORS configuration: that of the resource, or else
    /// that of `Globals`; nil if neither has one.
    mutating func readCORS() throws(TemplateError) -> CORSConfiguration? {
        let apis = try resources(ofTypes: ["AWS::Serverless::HttpApi"])
        guard apis.count <= 1 else {
            throw document.error(at: apis[1].node, "a local run supports only one AWS::Serverless::HttpApi")
        }
        let properties = apis.first?.node["Properties"]
        if let node = properties?["DefinitionUri"] {
            throw document.error(
                at: node, "DefinitionUri is not supported locally: define the routes as events of the functions")
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

    /// Reads the limits on the HTTP API's rate of requests; nil unless the template sets both.
    mutating func readThrottle() throws(TemplateError) -> ThrottleSettings? {
        let settings = try resources(ofTypes: ["AWS::Serverless::HttpApi"]).first?.node["Properties"]?[
            "DefaultRouteSettings"]
        guard let settings else { return nil }
        let value = try evaluator.value(of: settings)
        guard let rate = value["ThrottlingRateLimit"], let burst = value["ThrottlingBurstLimit"] else { return nil }
        return ThrottleSettings(
            rate: try integer(rate, "ThrottlingRateLimit", in: 1...1_000_000),
            burst: try integer(burst, "ThrottlingBurstLimit", in: 1...1_000_000)
        )
    }

    /// A definition may add to the routes that events define, but must not define further routes.
    private mutating func checkDefinition(_ paths: TemplateValue) throws(TemplateError) {
        for path in paths.map ?? [] {
            for operation in path.value.map ?? [] {
                let method = operation.key == "x-amazon-apigateway-any-method" ? "ANY" : operation.key.uppercased()
                guard routes.contains(where: { $0.path == path.key && $0.method == method }) else {
                    throw error(at: operation.value.line, "\(method) \(path.key) is not an event of any function")
                }
                if let security = operation.value["security"] {
                    note(
                        "\(method) \(path.key) requires authorization, which a local run does not check",
                        at: security.line
                    )
                }
            }
        }
    }
}
