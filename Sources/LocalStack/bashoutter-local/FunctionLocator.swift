import Foundation
import LocalLambda
import ServerlessTemplate

/// Finds the programs of the template's functions.
enum FunctionLocator {
    /// `<directory>/<Handler>/bootstrap` as script/package lays them out, or `<directory>/<Handler>` as SwiftPM does.
    static func find(_ resources: [FunctionResource], in directory: String) throws(StartupError) -> [LocalFunction] {
        let root = URL(filePath: directory).standardizedFileURL.path(percentEncoded: false)
        var functions: [LocalFunction] = []
        var missing: [String] = []
        for resource in resources {
            let base = root.hasSuffix("/") ? root + resource.handler : "\(root)/\(resource.handler)"
            guard let program = ["\(base)/bootstrap", base].first(where: isProgram) else {
                missing.append(resource.handler)
                continue
            }
            functions.append(
                LocalFunction(
                    name: resource.name,
                    handler: resource.handler,
                    executable: program,
                    memorySize: resource.memorySize,
                    timeout: resource.timeout,
                    environment: resource.environment,
                    accessKeyID: Authorizer.accessKeyID(of: resource)
                )
            )
        }
        guard missing.isEmpty else { throw .missingPrograms(missing, directory: directory) }
        return functions
    }

    private static func isProgram(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && !isDirectory.boolValue
            && FileManager.default.isExecutableFile(atPath: path)
    }
}
