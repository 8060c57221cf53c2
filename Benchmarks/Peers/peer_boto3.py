"""Puts and gets objects with boto3, as `storage objects` does.

    python peer_boto3.py SIZE COUNT [sha256]     prints the seconds of each put and get; takes the S3_… variables

With `sha256` it keeps and checks what we keep and check: the SHA-256 of every object, in its metadata.

Big objects go by its managed transfer, with as many threads as it likes, and come as a stream in chunks: the faster of
its ways on two cores. It is spared what an older server does not know: the checksums of newer ones.
"""

import hashlib
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
    size, count, checked = int(sys.argv[1]), int(sys.argv[2]), "sha256" in sys.argv[3:]
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
            metadata = {"sha256": _sha256(file, body)} if checked else {}
            if size >= MANAGED:
                client.upload_file(file.name, bucket, key, ExtraArgs={"Metadata": metadata})
            else:
                client.put_object(Bucket=bucket, Key=key, Body=body, Metadata=metadata)
            times["put"].append(time.perf_counter() - began)
            began = time.perf_counter()
            answer, got, digest = client.get_object(Bucket=bucket, Key=key), 0, hashlib.sha256()
            for chunk in answer["Body"].iter_chunks(CHUNK):
                got += len(chunk)
                if checked:
                    digest.update(chunk)
            times["get"].append(time.perf_counter() - began)
            if got != size or (checked and digest.hexdigest() != answer["Metadata"]["sha256"]):
                raise SystemExit(f"{got} of {size} bytes came back, or others")
    print(json.dumps(times))


def _sha256(file, body: bytes) -> str:
    if body:
        return hashlib.sha256(body).hexdigest()
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()


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
