import Time
import Glibc
import NIOCore

/// A file of the site with what a reply says of it.
struct SiteFile: Sendable {
    /// What stands at a path.
    enum Found: Sendable {
        case file(SiteFile)
        /// A folder with an index document, whose path lacks the last `/`.
        case folder
    }

    let name: String
    let content: ByteBuffer
    let entityTag: String
    /// As HTTP writes dates.
    let lastModified: String

    var fileExtension: String { name.split(separator: ".").last.map { $0.lowercased() } ?? "" }

    /// Looks up `path` in the folder `root`. This reads from the disk and blocks.
    static func find(_ path: SitePath, in root: String) -> Found? {
        guard let realRoot = realPath(root) else { return nil }
        let wanted = ([realRoot] + path.components).joined(separator: "/")
        // Resolving symbolic links first and comparing then: where a link leads is what counts.
        guard let real = realPath(wanted), real.hasPrefix(realRoot + "/") else { return nil }
        let descriptor = open(real, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        switch status.st_mode & S_IFMT {
        case S_IFDIR:
            return access(real + "/index.html", R_OK) == 0 ? .folder : nil
        case S_IFREG:
            guard let content = read(descriptor, size: Int(status.st_size)) else { return nil }
            let nanoseconds = Int(status.st_mtim.tv_sec) * 1_000_000_000 + Int(status.st_mtim.tv_nsec)
            let tag = "\"\(String(nanoseconds, radix: 16))-\(String(content.readableBytes, radix: 16))\""
            return .file(
                SiteFile(
                    name: path.components.last ?? "",
                    content: content,
                    entityTag: tag,
                    lastModified: HTTPDate.string(secondsSince1970: status.st_mtim.tv_sec)
                )
            )
        default:
            return nil
        }
    }

    private static func realPath(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private static func read(_ descriptor: Int32, size: Int) -> ByteBuffer? {
        var buffer = ByteBuffer()
        while true {
            let capacity = max(size - buffer.readableBytes, 1) + 1
            let count = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: capacity) { target in
                max(Glibc.read(descriptor, target.baseAddress, capacity), 0)
            }
            if count == 0 { return buffer }
        }
    }
}
