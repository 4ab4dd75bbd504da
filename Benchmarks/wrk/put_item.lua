-- wrk script: each request puts an item into a DynamoDB emulator that does not verify signatures. Ids are unique with one
-- thread only.
local number = 0

wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-amz-json-1.0"
wrk.headers["X-Amz-Target"] = "DynamoDB_20120810.PutItem"
wrk.headers["X-Amz-Date"] = "20260101T000000Z"
wrk.headers["Authorization"] = "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, " ..
    "SignedHeaders=host, Signature=0"

request = function()
    number = number + 1
    local item = '{"TableName": "haiku", "Item": {"item_id": {"S": "%d"}, "username": {"S": "bench"}, ' ..
        '"first": {"S": "古池や"}, "second": {"S": "蛙飛び込む"}, "third": {"S": "水の音"}}}'
    return wrk.format(nil, nil, nil, string.format(item, number))
end
