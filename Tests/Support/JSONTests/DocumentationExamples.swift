import JSON
import Testing

/// The examples in the module's documentation comments; Tests/System/test_documentation_examples.py compares them.
@Suite
struct DocumentationExamples {
    @Test
    func `a reader finds the members that it needs`() throws {
        let bytes = Array(#"{"username":["芭蕉"],"first":"古池や"}"#.utf8)
        var first = ""
        try bytes.withUnsafeBytes { bytes in
            var reader = JSONReader(bytes)
            try reader.beginObject()
            while let key = try reader.nextKey() {
                switch key {
                case "first": first = try reader.readText().string
                default: try reader.skipValue()
                }
            }
            try reader.finish()
        }
        #expect(first == "古池や")
    }

    @Test
    func `a writer inserts the commas`() {
        let id = "1"
        var sent: [UInt8] = []
        func send(_ bytes: [UInt8]) { sent = bytes }
        var writer = JSONWriter()
        writer.object {
            $0.member("TableName", "haiku")
            $0.member("Limit", 30)
            $0.key("Key")
            $0.object { $0.member("item_id", id) }
        }
        send(writer.bytes)
        #expect(String(decoding: sent, as: UTF8.self) == #"{"TableName":"haiku","Limit":30,"Key":{"item_id":"1"}}"#)
    }
}
