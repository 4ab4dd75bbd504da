import Foundation
import JSON

/// A validated CreateTable request.
///
/// Source: "CreateTable", API reference.
struct TableDefinition {
    private static let maximumThroughput = 1_000_000_000_000

    /// The constant members of the table's TableDescription, which the storage keeps.
    let stored: JSONValue

    init(_ request: JSONValue, named name: String) throws(ServiceError) {
        try Self.checkIsSupported(request)
        let throughput = try Self.throughput(request)
        let attributes = (request["AttributeDefinitions"]?.array ?? []).compactMap { $0["AttributeName"]?.string }
        var names: Set<String> = []
        if let repeated = attributes.first(where: { !names.insert($0).inserted }) {
            throw .invalidParameter("Duplicate AttributeName in AttributeDefinitions: \(repeated)")
        }
        let keys = Self.keyNames(request)
        guard keys.count <= attributes.count else {
            throw .validation("Invalid KeySchema: Some index key attribute have no definition")
        }
        try Self.checkKeySchema(request, defined: attributes)
        let indexes = try Self.indexes(request, defined: attributes)
        let used = Set((keys + indexes.flatMap(Self.keyNames)).map { UTF8String($0) })
        guard used.count == attributes.count, Set(attributes.map { UTF8String($0) }) == used else {
            let (defined, used) = (
                attributes.joined(separator: ", "), used.sorted().map(\.string).joined(separator: ", ")
            )
            throw .invalidParameter(
                indexes.isEmpty
                    ? "Number of attributes in KeySchema does not exactly match number of attributes defined in "
                        + "AttributeDefinitions"
                    : "Some AttributeDefinitions are not used. AttributeDefinitions: [\(defined)], keys used: [\(used)]"
            )
        }

        let now = JSONNumber("\((Date().timeIntervalSince1970 * 1000).rounded() / 1000)") ?? JSONNumber(0)
        var stored: [String: JSONValue] = [
            "TableName": .string(name), "TableId": .string(UUID().uuidString.lowercased()),
            "CreationDateTime": .number(now), "ProvisionedThroughput": throughput, "DeletionProtectionEnabled": false,
        ]
        for member in ["AttributeDefinitions", "KeySchema"] { stored[member] = request[member] }
        if request["BillingMode"]?.string == "PAY_PER_REQUEST" {
            for mode in ["BillingMode", "TableThroughputMode"] {
                stored[mode + "Summary"] = .object([
                    mode: "PAY_PER_REQUEST", "LastUpdateToPayPerRequestDateTime": .number(now),
                ])
            }
        }
        if !indexes.isEmpty {
            stored["GlobalSecondaryIndexes"] = .array(
                indexes.map {
                    $0.setting("ProvisionedThroughput", to: Self.description(of: $0["ProvisionedThroughput"]))
                }
            )
        }
        self.stored = .object(stored)
    }

    /// Returns the definition of an existing table with other indexes, after the checks of CreateTable.
    static func updated(
        _ definition: JSONValue,
        indexes: [JSONValue],
        attributes: [JSONValue],
        extra: [String: JSONValue]
    ) throws(ServiceError) -> JSONValue {
        let isOnDemand = definition["BillingModeSummary"] != nil
        var request: [String: JSONValue] = [
            "BillingMode": isOnDemand ? "PAY_PER_REQUEST" : "PROVISIONED", "AttributeDefinitions": .array(attributes),
        ]
        request["KeySchema"] = definition["KeySchema"]
        if !isOnDemand { request["ProvisionedThroughput"] = definition["ProvisionedThroughput"] }
        if !indexes.isEmpty {
            request["GlobalSecondaryIndexes"] = .array(
                indexes.map {
                    // The stored throughput of an on-demand index is zero, which the checks would reject.
                    let isZero = $0["ProvisionedThroughput"]?["ReadCapacityUnits"] == 0
                    return isZero ? $0.setting("ProvisionedThroughput", to: nil) : $0
                }
            )
        }
        let checked = try TableDefinition(.object(request), named: "").stored
        return extra.reduce(definition) { $0.setting($1.key, to: $1.value) }
            .setting("AttributeDefinitions", to: checked["AttributeDefinitions"])
            .setting("GlobalSecondaryIndexes", to: checked["GlobalSecondaryIndexes"])
    }

    // MARK: Checks

    /// Checks the constraints of the service's API model.
    static func checkModel(_ request: JSONValue, _ constraints: inout Constraints) {
        constraints.checkPresent(request["AttributeDefinitions"]?.array != nil, at: "attributeDefinitions")
        checkAttributeDefinitions(of: request, &constraints)
        constraints.check(
            request["BillingMode"]?.string, at: "billingMode", isOneOf: ["PROVISIONED", "PAY_PER_REQUEST"]
        )
        checkKeySchema(of: request, at: "keySchema", &constraints)
        checkThroughput(of: request, at: "provisionedThroughput", &constraints)
        for (number, index) in (request["GlobalSecondaryIndexes"]?.array ?? []).enumerated() {
            if constraints.isFull { break }
            checkIndex(index, at: "globalSecondaryIndexes.\(number + 1).member", &constraints)
        }
    }

    static func checkAttributeDefinitions(of request: JSONValue, _ constraints: inout Constraints) {
        for (number, attribute) in (request["AttributeDefinitions"]?.array ?? []).enumerated() {
            if constraints.isFull { break }
            let path = "attributeDefinitions.\(number + 1).member"
            let type = attribute["AttributeType"]?.string
            checkAttributeName(attribute, at: path + ".attributeName", &constraints)
            constraints.checkPresent(type != nil, at: path + ".attributeType")
            constraints.check(type, at: path + ".attributeType", isOneOf: ["B", "N", "S"])
        }
    }

    static func checkIndex(_ index: JSONValue, at path: String, _ constraints: inout Constraints) {
        constraints.checkPresent(index["IndexName"] != nil, at: path + ".indexName")
        constraints.check(name: index["IndexName"]?.string, at: path + ".indexName")
        checkKeySchema(of: index, at: path + ".keySchema", &constraints)
        constraints.checkPresent(index["Projection"] != nil, at: path + ".projection")
        constraints.check(
            index["Projection"]?["ProjectionType"]?.string,
            at: path + ".projection.projectionType",
            isOneOf: ["ALL", "INCLUDE", "KEYS_ONLY"]
        )
        let others = index["Projection"]?["NonKeyAttributes"]?.array
        constraints.check(others?.count, in: 1 ... .max, "length", of: "[]", at: path + ".projection.nonKeyAttributes")
        checkThroughput(of: index, at: path + ".provisionedThroughput", &constraints)
    }

    private static func checkThroughput(of owner: JSONValue, at path: String, _ constraints: inout Constraints) {
        guard let throughput = owner["ProvisionedThroughput"] else { return }
        for unit in ["writeCapacityUnits", "readCapacityUnits"] {
            let value = throughput[unit.prefix(1).uppercased() + unit.dropFirst()]?.int
            constraints.checkPresent(value != nil, at: "\(path).\(unit)")
            constraints.check(value, in: 1 ... .max, at: "\(path).\(unit)")
        }
    }

    /// - Parameter place: What the message says after "is out of bounds".
    private static func checkBounds(of throughput: JSONValue?, _ place: String = "") throws(ServiceError) {
        for unit in ["ReadCapacityUnits", "WriteCapacityUnits"] {
            guard let value = throughput?[unit]?.int, value > maximumThroughput else { continue }
            throw .validation("Given value \(value) for \(unit) is out of bounds\(place)")
        }
    }

    private static func checkKeySchema(of owner: JSONValue, at path: String, _ constraints: inout Constraints) {
        constraints.checkPresent(owner["KeySchema"]?.array != nil, at: path)
        guard let elements = owner["KeySchema"]?.array else { return }
        let written = elements.map {
            "KeySchemaElement(attributeName=\($0["AttributeName"]?.string ?? "null"), keyType=\($0["KeyType"]?.string ?? "null"))"
        }
        constraints.check(elements.count, in: 1...2, "length", of: "[\(written.joined(separator: ", "))]", at: path)
        for (number, element) in elements.enumerated() {
            let path = "\(path).\(number + 1).member"
            checkAttributeName(element, at: path + ".attributeName", &constraints)
            constraints.checkPresent(element["KeyType"]?.string != nil, at: path + ".keyType")
            constraints.check(element["KeyType"]?.string, at: path + ".keyType", isOneOf: ["HASH", "RANGE"])
        }
    }

    private static func checkAttributeName(_ owner: JSONValue, at path: String, _ constraints: inout Constraints) {
        let name = owner["AttributeName"]?.string
        constraints.checkPresent(name != nil, at: path)
        constraints.check(name?.utf8.count, in: 1...255, "length", of: name, at: path)
    }

    /// Rejects parameters that this database does not support.
    private static func checkIsSupported(_ request: JSONValue) throws(ServiceError) {
        let unsupported: [(parameter: String, isUnused: (JSONValue) -> Bool)] = [
            ("LocalSecondaryIndexes", { _ in false }), ("ResourcePolicy", { _ in false }),
            ("OnDemandThroughput", { _ in false }), ("WarmThroughput", { _ in false }),
            ("StreamSpecification", { $0["StreamEnabled"] ?? false == false }),
            ("SSESpecification", { $0["Enabled"] ?? false == false }), ("DeletionProtectionEnabled", { $0 == false }),
            ("Tags", { $0 == [] }), ("TableClass", { $0 == "STANDARD" }),
        ]
        for (parameter, isUnused) in unsupported {
            guard let value = request[parameter], !isUnused(value) else { continue }
            throw .validation("The parameter \(parameter) is not supported by this database")
        }
    }

    private static func throughput(_ request: JSONValue) throws(ServiceError) -> JSONValue {
        let throughput = request["ProvisionedThroughput"]
        try checkBounds(of: throughput)
        if request["BillingMode"]?.string == "PAY_PER_REQUEST" {
            guard throughput == nil else {
                throw .invalidParameter(
                    "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
                        + "PAY_PER_REQUEST"
                )
            }
        } else if throughput == nil {
            throw .invalidParameter(
                "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED"
            )
        }
        return description(of: throughput)
    }

    private static func description(of throughput: JSONValue?) -> JSONValue {
        [
            "ReadCapacityUnits": throughput?["ReadCapacityUnits"] ?? 0,
            "WriteCapacityUnits": throughput?["WriteCapacityUnits"] ?? 0, "NumberOfDecreasesToday": 0,
        ]
    }

    static func keyNames(_ owner: JSONValue) -> [String] {
        (owner["KeySchema"]?.array ?? []).compactMap { $0["AttributeName"]?.string }
    }

    private static func checkKeySchema(_ owner: JSONValue, defined attributes: [String]) throws(ServiceError) {
        let keys = keyNames(owner)
        guard keys.allSatisfy({ attributes.contains($0) }) else {
            throw .invalidParameter(
                "Some index key attributes are not defined in AttributeDefinitions. "
                    + "Keys: [\(keys.joined(separator: ", "))], AttributeDefinitions: [\(attributes.joined(separator: ", "))]"
            )
        }
        guard Set(keys).count == keys.count else {
            throw .validation("Both the Hash Key and the Range Key element in the KeySchema have the same name")
        }
        let types = (owner["KeySchema"]?.array ?? []).compactMap { $0["KeyType"]?.string }
        guard types.first == "HASH" else {
            throw .validation("Invalid KeySchema: The first KeySchemaElement is not a HASH key type")
        }
        guard types.dropFirst().allSatisfy({ $0 == "RANGE" }) else {
            throw .validation("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type")
        }
    }

    private static func indexes(_ request: JSONValue, defined: [String]) throws(ServiceError) -> [JSONValue] {
        guard let indexes = request["GlobalSecondaryIndexes"]?.array else { return [] }
        guard !indexes.isEmpty else { throw .invalidParameter("List of GlobalSecondaryIndexes is empty") }
        var names: Set<String> = []
        for index in indexes {
            let name = index["IndexName"]?.string ?? ""
            try checkKeySchema(index, defined: defined)
            guard let type = index["Projection"]?["ProjectionType"]?.string else {
                throw .invalidParameter("Unknown ProjectionType: null")
            }
            let others = index["Projection"]?["NonKeyAttributes"]?.array
            if others != nil, type != "INCLUDE" {
                throw .invalidParameter("ProjectionType is \(type), but NonKeyAttributes is specified")
            }
            if type == "INCLUDE", others?.isEmpty != false {
                throw .invalidParameter("ProjectionType is INCLUDE, but NonKeyAttributes is not specified")
            }
            let throughput = index["ProvisionedThroughput"]
            try checkBounds(of: throughput, " for index \(name)")
            if request["BillingMode"]?.string == "PAY_PER_REQUEST", throughput != nil {
                throw .invalidParameter(
                    "ProvisionedThroughput should not be specified for index: \(name) when BillingMode is "
                        + "PAY_PER_REQUEST"
                )
            }
            guard names.insert(name).inserted else { throw .invalidParameter("Duplicate index name: \(name)") }
        }
        guard indexes.count <= 20 else {
            throw .invalidParameter("GlobalSecondaryIndex count exceeds the per-table limit of 20")
        }
        return indexes
    }
}

extension JSONValue {
    /// The object with another value for a member, or without it.
    fileprivate func setting(_ member: String, to value: JSONValue?) -> JSONValue {
        var members = object ?? [:]
        members[member] = value
        return .object(members)
    }
}
