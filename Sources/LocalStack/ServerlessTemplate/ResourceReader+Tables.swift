import Yams

extension ResourceReader {
    func readTables() throws(TemplateError) -> [TableResource] {
        var tables: [TableResource] = []
        for (id, node) in try resources(ofTypes: ["AWS::DynamoDB::Table", "AWS::Serverless::SimpleTable"]) {
            let isSimple = node["Type"]?.scalar?.string == "AWS::Serverless::SimpleTable"
            tables.append(isSimple ? try readSimpleTable(id, node) : try readTable(id, node))
        }
        return tables
    }

    private func readTable(_ id: String, _ node: Node) throws(TemplateError) -> TableResource {
        guard let properties = node["Properties"] else {
            throw document.error(at: node, "table \(id) has no Properties")
        }
        func value(_ key: String) throws(TemplateError) -> TemplateValue? {
            guard let node = properties[key] else { return nil }
            return try evaluator.value(of: node)
        }
        var attributes: [TableResource.Attribute] = []
        for element in try value("AttributeDefinitions")?.list ?? [] {
            guard let name = element["AttributeName"]?.text, let type = element["AttributeType"]?.text else {
                throw error(at: element.line, "an attribute definition must have AttributeName and AttributeType")
            }
            attributes.append(.init(name: name, type: type))
        }
        guard let key = try value("KeySchema") else {
            throw document.error(at: node, "table \(id) has no KeySchema")
        }
        var indexes: [TableResource.Index] = []
        for index in try value("GlobalSecondaryIndexes")?.list ?? [] { indexes.append(try readIndex(index)) }
        if let local = try value("LocalSecondaryIndexes") {
            throw error(at: local.line, "LocalSecondaryIndexes are not supported locally")
        }
        return TableResource(
            logicalID: id,
            name: try evaluator.physicalID(of: id) ?? id,
            attributes: attributes,
            key: try readKey(key),
            indexes: indexes
        )
    }

    private func readIndex(_ value: TemplateValue) throws(TemplateError) -> TableResource.Index {
        guard let name = value["IndexName"]?.text, let key = value["KeySchema"] else {
            throw error(at: value.line, "an index must have IndexName and KeySchema")
        }
        return TableResource.Index(
            name: name,
            key: try readKey(key),
            projectionType: value["Projection"]?["ProjectionType"]?.text ?? "ALL",
            nonKeyAttributes: try strings(value["Projection"]?["NonKeyAttributes"], "NonKeyAttributes")
        )
    }

    private func readKey(_ value: TemplateValue) throws(TemplateError) -> [TableResource.KeyElement] {
        var key: [TableResource.KeyElement] = []
        for element in value.list ?? [] {
            guard let name = element["AttributeName"]?.text, let type = element["KeyType"]?.text else {
                throw error(at: element.line, "an element of KeySchema must have AttributeName and KeyType")
            }
            key.append(.init(name: name, type: type))
        }
        guard !key.isEmpty else { throw error(at: value.line, "KeySchema must not be empty") }
        return key
    }

    /// Reads a table that has only a partition key: by default `id`, a string.
    private func readSimpleTable(_ id: String, _ node: Node) throws(TemplateError) -> TableResource {
        let key = try node["Properties"]?["PrimaryKey"].map { node throws(TemplateError) in
            try evaluator.value(of: node)
        }
        let name = key?["Name"]?.text ?? "id"
        let types = ["String": "S", "Number": "N", "Binary": "B"]
        guard let type = types[key?["Type"]?.text ?? "String"] else {
            throw error(at: key?.line, "the Type of PrimaryKey must be String, Number or Binary")
        }
        return TableResource(
            logicalID: id,
            name: try evaluator.physicalID(of: id) ?? id,
            attributes: [.init(name: name, type: type)],
            key: [.init(name: name, type: "HASH")],
            indexes: []
        )
    }
}
