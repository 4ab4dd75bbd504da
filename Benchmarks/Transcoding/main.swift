import DynamoDB
import FoundationEssentials
import Haiku
import HaikuRepository
import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

// Transcodes a page of haiku from DynamoDB's JSON to the API's, alternately with HaikuTable and with FoundationEssentials'
// decoder and encoder. Prints the median of each in MB of DynamoDB's JSON per second.

/// Responds to every request with the same bytes.
struct CannedDatabase: DynamoDBTransport {
    let response: ByteBuffer

    func send(
        _ operation: DynamoDBOperation,
        body: [UInt8],
        deadline: ContinuousClock.Instant?
    ) async throws(DynamoDBError) -> DynamoDBResponse {
        DynamoDBResponse(body: response)
    }
}

/// DynamoDB's response to a Query, as a Codable implementation would decode it.
struct QueryResponse: Decodable {
    struct Text: Decodable { let S: String }
    struct Number: Decodable { let N: String }
    struct Item: Decodable {
        let item_id, username, first, second, third, created_at: Text
        let likes: Number
    }
    let Items: [Item]
}

/// The API's haiku, as a Codable implementation would encode it.
struct HaikuObject: Encodable {
    let item_id, username, first, second, third: String
    let likes: Int
    let created_at: String

    init(_ item: QueryResponse.Item) {
        item_id = item.item_id.S
        username = item.username.S
        first = item.first.S
        second = item.second.S
        third = item.third.S
        likes = Int(item.likes.N) ?? 0
        created_at = item.created_at.S
    }
}

/// The median in seconds.
func median(_ times: [Duration]) -> Double {
    times.sorted()[times.count / 2] / .seconds(1)
}

guard CommandLine.arguments.count == 3, let rounds = Int(CommandLine.arguments[2]), rounds > 0,
    let file = fopen(CommandLine.arguments[1], "rb")
else {
    print("usage: Transcoding FILE ROUNDS\n\nFILE contains DynamoDB's response to a Query.")
    exit(2)
}
var input: [UInt8] = []
while case let byte = getc(file), byte != EOF { input.append(UInt8(byte)) }

let table = HaikuTable(named: "haiku", shards: .one, in: CannedDatabase(response: ByteBuffer(bytes: input)))
let clock = ContinuousClock()
var ours: [Duration] = []
var foundation: [Duration] = []
for _ in 0..<rounds {
    for _ in 0..<10 {
        let start = clock.now
        let page = try await table.page(limit: 1000, from: nil, deadline: start + .seconds(60))
        ours.append(start.duration(to: clock.now))
        precondition(page.json.count > input.count / 2)
    }
    let start = clock.now
    let items = try JSONDecoder().decode(QueryResponse.self, from: Data(input)).Items
    let json = try JSONEncoder().encode(items.map(HaikuObject.init))
    foundation.append(start.duration(to: clock.now))
    precondition(json.count > input.count / 2)
}
let megabytes = Double(input.count) / 1e6
print(#"{"ours": \#(megabytes / median(ours)), "foundation": \#(megabytes / median(foundation))}"#)
