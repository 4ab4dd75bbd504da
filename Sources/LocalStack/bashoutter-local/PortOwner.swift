import Foundation

/// The process that listens on a port.
struct PortOwner {
    let processID: Int
    /// The name of its executable.
    let name: String

    /// Nil if it cannot be determined, as for processes of other users.
    ///
    /// Source: proc(5), `/proc/net/tcp` and `/proc/[pid]/fd`.
    init?(port: Int) {
        // String(contentsOfFile:) ends at the first short read, with which /proc answers after 4 KB.
        let file = FileHandle(forReadingAtPath: "/proc/net/tcp")
        let sockets = String(decoding: (try? file?.readToEnd()) ?? Data(), as: UTF8.self)
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
