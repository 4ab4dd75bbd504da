import Foundation

/// The process that listens on a port.
struct PortOwner {
    let processID: Int
    /// The name of its executable.
    let name: String

    /// Nil if it cannot be determined, as for processes of other users.
    ///
    /// Looks three times: a listing of `/proc` can lack an entry while others come and go.
    static func find(port: Int) -> PortOwner? {
        (0..<3).lazy.compactMap { _ in PortOwner(port: port) }.first
    }

    /// Source: proc(5), `/proc/net/tcp` and `/proc/[pid]/fd`.
    private init?(port: Int) {
        let sockets = (try? String(contentsOfFile: "/proc/net/tcp", encoding: .utf8)) ?? ""
        let address = ":" + String(format: "%04X", port)
        let listening = sockets.split(separator: "\n").lazy.map { $0.split(separator: " ") }.first { fields in
            fields.count > 9 && fields[3] == "0A" && fields[1].hasSuffix(address)
        }
        guard let inode = listening?[9] else { return nil }
        let files = FileManager.default
        for case let processID? in (try? files.contentsOfDirectory(atPath: "/proc"))?.map({ Int($0) }) ?? [] {
            let folder = "/proc/\(processID)"
            let descriptors = (try? files.contentsOfDirectory(atPath: "\(folder)/fd")) ?? []
            guard
                descriptors.contains(where: {
                    (try? files.destinationOfSymbolicLink(atPath: "\(folder)/fd/\($0)")) == "socket:[\(inode)]"
                }),
                let executable = try? files.destinationOfSymbolicLink(atPath: "\(folder)/exe")
            else { continue }
            self.processID = processID
            name = (executable as NSString).lastPathComponent
            return
        }
        return nil
    }
}
