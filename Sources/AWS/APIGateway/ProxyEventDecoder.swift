import JSON

/// The members of a proxy event, of either payload format, that make up a request.
struct ProxyEventDecoder {
    var version: String?
    var method: String?
    var rawPath: String?
    var rawQuery: String?
    var stage: String?
    var pathParameters: [String: String] = [:]
    var singleQuery: [String: String] = [:]
    var multiQuery: [String: [String]] = [:]
    var singleHeaders: [(name: String, value: String)] = []
    var multiHeaders: [String: [String]] = [:]
    var body: String?
    var isBase64Encoded = false

    init(parsing bytes: UnsafeRawBufferPointer) throws(JSONError) {
        var reader = JSONReader(bytes)
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "version": version = try reader.readOptionalString()
            case "httpMethod": method = try reader.readOptionalString()
            case "rawPath", "path": rawPath = try reader.readOptionalString()
            case "rawQueryString": rawQuery = try reader.readOptionalString()
            case "pathParameters": pathParameters = try reader.readStrings()
            case "queryStringParameters": singleQuery = try reader.readStrings()
            case "multiValueQueryStringParameters": multiQuery = try reader.readStringLists()
            case "headers": singleHeaders = try reader.readNamedStrings()
            case "multiValueHeaders": multiHeaders = try reader.readStringLists()
            case "requestContext": try readRequestContext(&reader)
            case "body": body = try reader.readOptionalString()
            case "isBase64Encoded": isBase64Encoded = try reader.readOptionalBool()
            default: try reader.skipValue()
            }
        }
        try reader.finish()
    }

    private mutating func readRequestContext(_ reader: inout JSONReader) throws(JSONError) {
        if try reader.readNullIfPresent() { return }
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "stage": stage = try reader.readOptionalString()
            case "http": try readHTTP(&reader)
            default: try reader.skipValue()
            }
        }
    }

    private mutating func readHTTP(_ reader: inout JSONReader) throws(JSONError) {
        if try reader.readNullIfPresent() { return }
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "method": method = try reader.readOptionalString()
            default: try reader.skipValue()
            }
        }
    }
}

/// API Gateway may write `null` for a member that has no value.
extension JSONReader {
    fileprivate mutating func readOptionalString() throws(JSONError) -> String? {
        try readNullIfPresent() ? nil : try readString()
    }

    fileprivate mutating func readOptionalBool() throws(JSONError) -> Bool {
        try readNullIfPresent() ? false : try readBool()
    }

    fileprivate mutating func readNamedStrings() throws(JSONError) -> [(name: String, value: String)] {
        var strings: [(name: String, value: String)] = []
        if try readNullIfPresent() { return strings }
        try beginObject()
        strings.reserveCapacity(16)
        while let key = try nextKey() {
            let name = key.string
            if let value = try readOptionalString() { strings.append((name, value)) }
        }
        return strings
    }

    fileprivate mutating func readStrings() throws(JSONError) -> [String: String] {
        let strings = try readNamedStrings()
        return Dictionary(strings.map { ($0.name, $0.value) }) { _, last in last }
    }

    fileprivate mutating func readStringLists() throws(JSONError) -> [String: [String]] {
        var lists: [String: [String]] = [:]
        if try readNullIfPresent() { return lists }
        try beginObject()
        while let key = try nextKey() {
            let name = key.string
            if try readNullIfPresent() { continue }
            try beginArray()
            while try nextElement() {
                if let value = try readOptionalString() { lists[name, default: []].append(value) }
            }
        }
        return lists
    }
}
