extension SiteFile {
    static func contentType(ofExtension fileExtension: String) -> String {
        types[fileExtension] ?? "application/octet-stream"
    }

    /// The values that script/deploy sets. File names do not change between versions, so browsers must revalidate the
    /// page's files, lest a page mix two versions. Icons, PNG and SVG images and WOFF2 fonts may be a day old.
    static func cacheControl(ofExtension fileExtension: String) -> String {
        ["ico", "png", "svg", "woff2"].contains(fileExtension) ? "public, max-age=86400" : "no-cache"
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
