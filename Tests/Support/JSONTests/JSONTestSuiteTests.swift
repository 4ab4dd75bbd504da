import JSON
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The 318 texts of nst/JSONTestSuite, in `../shared/data/json-test-suite` relative to the working directory, which
/// must be the project's root.
@Suite(.enabled(if: JSONTestSuite.isExpected, "../shared/data does not exist"))
struct JSONTestSuiteTests {
    @Test
    func `the test suite is complete`() {
        #expect(JSONTestSuite.names.count == 318)
    }

    @Test(arguments: JSONTestSuite.names)
    func `each text is accepted or rejected as its name says`(name: String) throws {
        let text = try JSONTestSuite.text(named: name)
        let accepted = (try? JSONValue(parsing: text, maximumDepth: 600)) != nil
        #expect(accepted == JSONTestSuite.skips(text), "building a tree and skipping must agree")
        switch name.first {
        case "y": #expect(accepted)
        case "n": #expect(!accepted)
        default: break
        }
    }

    @Test(arguments: JSONTestSuite.names.filter { $0.hasPrefix("y_") })
    func `accepted texts survive writing and reading`(name: String) throws {
        let value = try JSONValue(parsing: JSONTestSuite.text(named: name))
        #expect(try JSONValue(parsing: value.bytes) == value)
    }

    @Test(arguments: JSONTestSuite.names.filter { $0.contains("surrogate") && $0.hasPrefix("i_") })
    func `lone surrogates are rejected`(name: String) throws {
        let text = try JSONTestSuite.text(named: name)
        #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
    }
}

enum JSONTestSuite {
    static let folder = "../shared/data/json-test-suite"

    /// If the data folder exists, the suite must be in it.
    static let isExpected = access("../shared/data", F_OK) == 0

    static let names: [String] = {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(".json") { names.append(name) }
        }
        return names.sorted()
    }()

    static func text(named name: String) throws -> [UInt8] {
        let file = try #require(fopen("\(folder)/\(name)", "r"))
        defer { fclose(file) }
        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { text += chunk[..<count] }
        return text
    }

    static func skips(_ text: [UInt8]) -> Bool {
        text.withUnsafeBytes { bytes in
            var reader = JSONReader(bytes, maximumDepth: 600)
            return (try? reader.skipValue()) != nil && (try? reader.finish()) != nil
        }
    }
}
