-- wrk script: each request posts a haiku.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"username": "bench", "first": "古池や", "second": "蛙飛び込む", "third": "水の音"}'
