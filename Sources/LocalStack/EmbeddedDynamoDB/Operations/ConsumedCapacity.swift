import JSON

/// The capacity units that a request consumed.
///
/// Source: "DynamoDB read and write operations".
struct ConsumedCapacity: Sendable {
    /// The values of ReturnConsumedCapacity except NONE.
    enum Detail: String { case total = "TOTAL", indexes = "INDEXES" }

    var table = 0.0
    var indexes: [String: Double] = [:]

    /// The units of a write of `size` bytes.
    static func ofWrite(_ size: Int) -> Double { max(1, Double((size + 1023) / 1024)) }

    /// The units of a read of `size` bytes.
    static func ofRead(_ size: Int, isConsistent: Bool) -> Double {
        max(1, Double((size + 4095) / 4096)) * (isConsistent ? 1 : 0.5)
    }

    static func += (left: inout ConsumedCapacity, right: ConsumedCapacity) {
        left.table += right.table
        left.indexes.merge(right.indexes, uniquingKeysWith: +)
    }
}

extension JSONWriter {
    /// Writes the member ConsumedCapacity as the request's ReturnConsumedCapacity specifies.
    mutating func capacity(_ capacity: ConsumedCapacity, of table: String, for detail: String?) {
        guard let detail = detail.flatMap(ConsumedCapacity.Detail.init) else { return }
        key("ConsumedCapacity")
        capacityValue(capacity, of: table, detail)
    }

    mutating func capacityValue(_ capacity: ConsumedCapacity, of table: String, _ detail: ConsumedCapacity.Detail) {
        object {
            $0.member("TableName", table)
            $0.units(capacity.indexes.values.reduce(capacity.table, +))
            guard detail == .indexes else { return }
            $0.key("Table")
            $0.object { $0.units(capacity.table) }
            guard !capacity.indexes.isEmpty else { return }
            $0.key("GlobalSecondaryIndexes")
            $0.object {
                for (index, units) in capacity.indexes.sorted(by: { $0.key < $1.key }) {
                    $0.key(index)
                    $0.object { $0.units(units) }
                }
            }
        }
    }

    private mutating func units(_ units: Double) {
        key("CapacityUnits")
        raw("\(units)")
    }
}
