import EmbeddedDynamoDB
import JSON
import ServerlessTemplate

/// Creates the template's tables in the local database.
enum TableProvisioner {
    static func createIfMissing(_ table: TableResource, in database: EmbeddedDynamoDB) async throws {
        do {
            _ = try await database.execute(operation: "CreateTable", body: request(for: table))
        } catch let error as ServiceError where error.kind == .resourceInUse {
            return
        } catch {
            throw StartupError.tableNotCreated(table.name, reason: "\(error)")
        }
    }

    /// The request body of CreateTable.
    static func request(for table: TableResource) -> [UInt8] {
        var writer = JSONWriter()
        writer.object {
            $0.member("TableName", table.name)
            $0.member("BillingMode", "PAY_PER_REQUEST")
            $0.key("AttributeDefinitions")
            $0.array {
                for attribute in table.attributes {
                    $0.object {
                        $0.member("AttributeName", attribute.name)
                        $0.member("AttributeType", attribute.type)
                    }
                }
            }
            write(table.key, to: &$0)
            guard !table.indexes.isEmpty else { return }
            $0.key("GlobalSecondaryIndexes")
            $0.array { for index in table.indexes { write(index, to: &$0) } }
        }
        return writer.bytes
    }

    private static func write(_ index: TableResource.Index, to writer: inout JSONWriter) {
        writer.object {
            $0.member("IndexName", index.name)
            write(index.key, to: &$0)
            $0.key("Projection")
            $0.object {
                $0.member("ProjectionType", index.projectionType)
                guard !index.nonKeyAttributes.isEmpty else { return }
                $0.key("NonKeyAttributes")
                $0.array { for name in index.nonKeyAttributes { $0.string(name) } }
            }
        }
    }

    private static func write(_ key: [TableResource.KeyElement], to writer: inout JSONWriter) {
        writer.key("KeySchema")
        writer.array {
            for element in key {
                $0.object {
                    $0.member("AttributeName", element.name)
                    $0.member("KeyType", element.type)
                }
            }
        }
    }
}
