extension SiteFile {
    /// The content type by the file name's extension.
    static func contentType(ofExtension fileExtension: String) -> String {
        types[fileExtension] ?? "application/octet-stream"
    }

    /// How long a browser may keep a file without asking: what other files are found by must be asked for each time,
    /// the rest for five minutes. The deployment of the page follows the same rule.
    static func cacheControl(ofExtension fileExtension: String, name: String) -> String {
        fileExtension == "html" || name == "config.json" ? "no-cache" : "public, max-age=300"
    }

    private static let types = [
        "css": "text/css; charset=utf-8",
        "gif": "image/gif",
        "html": "text/html; charset=utf-8",
        "ico": "image/x-icon",
        "jpeg": "image/jpeg",
        "jpg": "image/jpeg",
        "js": "text/javascript; charset=utf-8",
        "json": "application/json",
        "map": "application/json",
        "mjs": "text/javascript; charset=utf-8",
        "png": "image/png",
        "svg": "image/svg+xml",
        "ttf": "font/ttf",
        "txt": "text/plain; charset=utf-8",
        "wasm": "application/wasm",
        "webmanifest": "application/manifest+json",
        "webp": "image/webp",
        "woff": "font/woff",
        "woff2": "font/woff2",
        "xml": "application/xml",
    ]
}
