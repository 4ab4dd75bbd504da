import Foundation
import LocalLambda
import ServerlessTemplate

/// Finds the executables of the template's functions.
enum FunctionLocator {
    /// Looks for `<directory>/<Handler>/bootstrap`, script/package's layout, and `<directory>/<Handler>`, SwiftPM's.
    static func find(_ resources: [FunctionResource], in directory: String) throws(StartupError) -> [LocalFunction] {
        let root = URL(filePath: directory).standardizedFileURL.path(percentEncoded: false)
        var functions: [LocalFunction] = []
        var missing: [String] = []
        for resource in resources {
            let base = root.hasSuffix("/") ? root + resource.handler : "\(root)/\(resource.handler)"
            guard let executable = ["\(base)/bootstrap", base].first(where: isExecutableFile) else {
                missing.append(resource.handler)
                continue
            }
            functions.append(
                LocalFunction(
                    name: resource.name,
                    handler: resource.handler,
                    executable: executable,
                    memorySize: resource.memorySize,
                    timeout: resource.timeout,
                    environment: resource.environment,
                    accessKeyID: Authorizer.accessKeyID(of: resource)
                )
            )
        }
        guard missing.isEmpty else { throw .missingExecutables(missing, directory: directory) }
        return functions
    }

    private static func isExecutableFile(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && !isDirectory.boolValue
            && FileManager.default.isExecutableFile(atPath: path)
    }
}
