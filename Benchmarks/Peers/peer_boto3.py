"""Puts and gets objects with boto3, as `storage objects` does.

    python peer_boto3.py SIZE COUNT     prints the seconds of each put and get; takes the S3_… variables

Big objects go by its managed transfer, with as many threads as it likes, and come as a stream in chunks: the faster of
its ways on two cores. It is spared what an older server does not know: the checksums of newer ones.
"""

import json
import os
import sys
import tempfile
import time

import boto3
from botocore.config import Config

CHUNK = 256 << 10
MANAGED = 8 << 20
"""From this size on boto3 itself sends parts."""


def main() -> None:
    size, count = int(sys.argv[1]), int(sys.argv[2])
    client, bucket = _client(), os.environ["S3_BUCKET"]
    body = os.urandom(min(size, CHUNK)) * (size // min(size, CHUNK))
    times: dict[str, list[float]] = {"put": [], "get": []}
    with tempfile.NamedTemporaryFile() as file:
        if size >= MANAGED:
            file.write(body)
            file.flush()
            body = b""
        for number in range(count):
            key = f"boto3/{size}/{number % 8}"
            began = time.perf_counter()
            if size >= MANAGED:
                client.upload_file(file.name, bucket, key)
            else:
                client.put_object(Bucket=bucket, Key=key, Body=body)
            times["put"].append(time.perf_counter() - began)
            began = time.perf_counter()
            chunks = client.get_object(Bucket=bucket, Key=key)["Body"].iter_chunks(CHUNK)
            got = sum(len(chunk) for chunk in chunks)
            times["get"].append(time.perf_counter() - began)
            if got != size:
                raise SystemExit(f"{got} of {size} bytes came back")
    print(json.dumps(times))


def _client():
    config = Config(
        s3={"addressing_style": "path"}, request_checksum_calculation="when_required",
        response_checksum_validation="when_required")
    return boto3.client(
        "s3", endpoint_url=os.environ["S3_ENDPOINT"], region_name=os.environ["S3_REGION"],
        aws_access_key_id=os.environ["S3_ACCESS_KEY_ID"], aws_secret_access_key=os.environ["S3_SECRET_ACCESS_KEY"],
        config=config)


if __name__ == "__main__":
    main()
