import Glibc
import NIOCore
import Time

/// A file of the website, with what the response's headers contain.
struct SiteFile: Sendable {
    enum LookupResult: Sendable {
        case file(SiteFile)
        /// A folder with an index document; the path lacks the final `/`.
        case folder
    }

    let name: String
    let content: ByteBuffer
    let entityTag: String
    /// In HTTP's format (RFC 9110, section 5.6.7).
    let lastModified: String

    var fileExtension: String { name.split(separator: ".").last.map { $0.lowercased() } ?? "" }

    /// Looks up `path` in the folder `root`; nil if there is nothing to serve. Reads from the disk and blocks.
    static func find(_ path: SitePath, in root: String) -> LookupResult? {
        guard let realRoot = realPath(root) else { return nil }
        let requested = ([realRoot] + path.components).joined(separator: "/")
        // The paths are compared after symbolic links are resolved, so that no link leads out of the folder.
        guard let real = realPath(requested), real.hasPrefix(realRoot + "/") else { return nil }
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

    /// Nil after an error, since a part of the file is not the file.
    private static func read(_ descriptor: Int32, size: Int) -> ByteBuffer? {
        var buffer = ByteBuffer()
        while true {
            let capacity = max(size - buffer.readableBytes, 1) + 1
            var count = 0
            buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: capacity) { target in
                count = Glibc.read(descriptor, target.baseAddress, capacity)
                return max(count, 0)
            }
            guard count > 0 else { return count == 0 ? buffer : nil }
        }
    }
}
