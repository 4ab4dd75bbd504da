import Foundation
import LoadClient
import Testing

struct ClientVersionTests {
    @Test
    func `the version is the newest one in the changelog`() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let changelog = try String(contentsOf: root.appendingPathComponent("CHANGELOG.md"), encoding: .utf8)
        let versions = changelog.matches(of: /(?m)^## \[(.+?)\]/).map { String($0.1) }
        #expect(versions.first == "Unreleased")
        #expect(ClientVersion.current == versions.first { $0 != "Unreleased" } ?? "unreleased")
    }
}
