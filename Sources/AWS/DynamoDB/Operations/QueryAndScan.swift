public import JSON

/// One page of what a query or a scan finds.
public struct ItemPage: Sendable, Equatable {
    /// The items, in the order of the sort key for a query.
    public var items: [DynamoDBItem] = []
    /// How many items there are, also when the request asked for the number alone.
    public var count = 0
    /// How many items were looked at before the filter.
    public var scannedCount = 0
    /// Where the next page starts; nil when this was the last.
    public var lastEvaluatedKey: DynamoDBItem?

    init(reading reader: inout JSONReader) throws(JSONError) {
        var page = ItemPage()
        try reader.readObject { reader, key throws(JSONError) in
            switch key {
            case "Items": page.items = try reader.readElements(AttributeValue.readItem)
            case "Count": page.count = try reader.readNumber().int ?? 0
            case "ScannedCount": page.scannedCount = try reader.readNumber().int ?? 0
            case "LastEvaluatedKey": page.lastEvaluatedKey = try AttributeValue.readItem(&reader)
            default: return false
            }
            return true
        }
        self = page
    }

    private init() {}
}

/// What queries and scans have in common: from where, how much and what of it is read.
public struct ReadOptions: Sendable, Equatable {
    /// The index to read; nil for the table itself.
    public var indexName: String?
    /// How many items are looked at, at most; a page also ends at 1 MB.
    public var limit: Int?
    /// The ``ItemPage/lastEvaluatedKey`` of the page before; nil to start at the beginning.
    public var exclusiveStartKey: DynamoDBItem?
    /// Whether every write that was acknowledged before is seen; not possible on a global index.
    public var consistentRead: Bool
    /// Which of the items that are looked at are returned; nil for all.
    public var filterExpression: String?
    /// Which attributes are returned; nil for all.
    public var projectionExpression: String?
    /// Whether only the number of items is returned.
    public var countsOnly: Bool
    /// What the expressions' placeholders stand for.
    public var attributes: ExpressionAttributes

    /// Options of the given parts.
    public init(
        indexName: String? = nil,
        limit: Int? = nil,
        exclusiveStartKey: DynamoDBItem? = nil,
        consistentRead: Bool = false,
        filterExpression: String? = nil,
        projectionExpression: String? = nil,
        countsOnly: Bool = false,
        attributes: ExpressionAttributes = .init()
    ) {
        self.indexName = indexName
        self.limit = limit
        self.exclusiveStartKey = exclusiveStartKey
        self.consistentRead = consistentRead
        self.filterExpression = filterExpression
        self.projectionExpression = projectionExpression
        self.countsOnly = countsOnly
        self.attributes = attributes
    }

    func writeMembers(to writer: inout JSONWriter) {
        writer.member("IndexName", ifPresent: indexName)
        writer.member("Limit", ifPresent: limit)
        if let exclusiveStartKey { writer.member("ExclusiveStartKey", exclusiveStartKey) }
        if consistentRead { writer.member("ConsistentRead", true) }
        writer.member("FilterExpression", ifPresent: filterExpression)
        writer.member("ProjectionExpression", ifPresent: projectionExpression)
        if countsOnly { writer.member("Select", "COUNT") }
        attributes.writeMembers(to: &writer)
    }
}

/// Reads the items of one partition in the order of their sort key.
public struct Query: DynamoDBRequest {
    /// The API's name.
    public static let operation = DynamoDBOperation.query

    /// The table's name or ARN.
    public var tableName: String
    /// Which partition, and which range of its sort key.
    public var keyConditionExpression: String
    /// Whether the order is ascending.
    public var scanIndexForward: Bool
    /// From where, how much and what.
    public var options: ReadOptions

    /// A request of the given parts.
    public init(
        tableName: String,
        keyConditionExpression: String,
        scanIndexForward: Bool = true,
        options: ReadOptions = .init()
    ) {
        self.tableName = tableName
        self.keyConditionExpression = keyConditionExpression
        self.scanIndexForward = scanIndexForward
        self.options = options
    }

    /// See ``DynamoDBRequest``.
    public func writeMembers(to writer: inout JSONWriter) {
        writer.member("TableName", tableName)
        writer.member("KeyConditionExpression", keyConditionExpression)
        if !scanIndexForward { writer.member("ScanIndexForward", false) }
        options.writeMembers(to: &writer)
    }

    /// See ``DynamoDBRequest``.
    public static func read(_ reader: inout JSONReader) throws(JSONError) -> ItemPage {
        try ItemPage(reading: &reader)
    }
}

/// Reads all items of a table or an index, in no order.
public struct Scan: DynamoDBRequest {
    /// One of several parts that can be scanned at the same time.
    public struct Segment: Sendable, Equatable {
        /// The number of this part, from 0.
        public var number: Int
        /// How many parts there are.
        public var count: Int

        /// Part `number` of `count`.
        public init(_ number: Int, of count: Int) {
            self.number = number
            self.count = count
        }
    }

    /// The API's name.
    public static let operation = DynamoDBOperation.scan

    /// The table's name or ARN.
    public var tableName: String
    /// The part to scan; nil for all.
    public var segment: Segment?
    /// From where, how much and what.
    public var options: ReadOptions

    /// A request of the given parts.
    public init(tableName: String, segment: Segment? = nil, options: ReadOptions = .init()) {
        self.tableName = tableName
        self.segment = segment
        self.options = options
    }

    /// See ``DynamoDBRequest``.
    public func writeMembers(to writer: inout JSONWriter) {
        writer.member("TableName", tableName)
        if let segment {
            writer.member("Segment", segment.number)
            writer.member("TotalSegments", segment.count)
        }
        options.writeMembers(to: &writer)
    }

    /// See ``DynamoDBRequest``.
    public static func read(_ reader: inout JSONReader) throws(JSONError) -> ItemPage {
        try ItemPage(reading: &reader)
    }
}
