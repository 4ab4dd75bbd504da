"""json: a page of 1,000 haiku from DynamoDB's JSON to the API's, beside FoundationEssentials."""

import json
import subprocess

from competitors import executable
from measuring import BUILT, Row


def run(full: bool) -> list[Row]:
    command = [executable("Transcoding"), str(BUILT / "samples/page-1000.json"), "200" if full else "30"]
    speed = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    ours, foundation = speed["ours"], speed["foundation"]
    return [
        Row("transcoder", ours, "MB/s", 400, at_least=True, peer=f"FoundationEssentials {foundation:.1f} MB/s"),
        Row("transcoder, of FoundationEssentials", ours / foundation, "×", 10, at_least=True),
    ]
