"""json: transcoding a page of 1,000 haiku from DynamoDB's JSON to the API's, compared with FoundationEssentials."""

import json
import subprocess

from measuring import BUILT, Row
from subjects import executable


def run(full: bool) -> list[Row]:
    command = [executable("Transcoding"), str(BUILT / "samples/page-1000.json"), "200" if full else "30"]
    speed = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    ours, foundation = speed["ours"], speed["foundation"]
    return [
        Row("transcoder", ours, "MB/s", 400, at_least=True, peer=f"FoundationEssentials {foundation:.1f} MB/s"),
        Row("transcoder, against FoundationEssentials", ours / foundation, "×", 10, at_least=True),
    ]
