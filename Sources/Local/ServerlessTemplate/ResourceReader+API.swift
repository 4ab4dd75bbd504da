import Yams

extension ResourceReader {
    /// The CORS settings of the HTTP API: the resource's own, else those of `Globals`.
    mutating func readCORS() throws(TemplateError) -> CORSConfiguration? {
        let apis = try resources(ofTypes: ["AWS::Serverless::HttpApi"])
        guard apis.count <= 1 else { throw document.error(at: apis[1].node, "only one HttpApi is played locally") }
        let properties = apis.first?.node["Properties"]
        for key in ["DefinitionBody", "DefinitionUri"] {
            guard let node = properties?[key] else { continue }
            throw document.error(at: node, "\(key) is not read: routes are taken from the functions' events")
        }
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
}
