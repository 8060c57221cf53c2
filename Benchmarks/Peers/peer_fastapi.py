"""The service's most read routes on FastAPI, out of waxwing's own database: the same JSON.

    python peer_fastapi.py DATABASE PORT

A signed-in request costs here what it costs there: the token's signature, its session and its user. Two workers, for two cores.
"""

import base64
import datetime
import json
import sqlite3
import sys
import threading
import uuid

import jwt
import orjson
import uvicorn
from cryptography.hazmat.primitives.asymmetric import ec
from fastapi import Depends, FastAPI, Header, HTTPException, Query, Response

local = threading.local()
database = sys.argv[1]
app = FastAPI()
KEY = ec.generate_private_key(ec.SECP256R1())
OWN = jwt.encode({"sub": "x", "exp": 4_000_000_000}, KEY, algorithm="ES256")


def rows() -> sqlite3.Connection:
    if not hasattr(local, "rows"):
        local.rows = sqlite3.connect(f"file:{database}?mode=ro", uri=True, check_same_thread=False)
        local.rows.row_factory = sqlite3.Row
    return local.rows


def owner(authorization: str = Header("")) -> str:
    token = authorization.removeprefix("Bearer ")
    try:
        # The signature is checked with a key of the peer's own: what is measured is its cost, not its secret.
        claims = jwt.decode(token, options={"verify_signature": False})
        jwt.decode(OWN, KEY.public_key(), algorithms=["ES256"], options={"verify_aud": False})
    except jwt.PyJWTError as problem:
        raise HTTPException(401) from problem
    found = rows().execute(
        "SELECT users.id FROM sessions JOIN users ON users.id = user_id WHERE sessions.id = ? AND revoked_at IS NULL",
        (claims["sid"],)).fetchone()
    if found is None:
        raise HTTPException(401)
    return found["id"]


def time_text(milliseconds: int) -> str:
    moment = datetime.datetime.fromtimestamp(milliseconds / 1000, datetime.UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{milliseconds % 1000:03}Z"


def tags_of(ids: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    marks = ", ".join("?" * len(ids))
    for row in rows().execute(f"SELECT sample_id, tag FROM sample_tags WHERE sample_id IN ({marks}) ORDER BY tag", ids):
        found.setdefault(row["sample_id"], []).append(row["tag"])
    return found


def words(text: str) -> dict:
    kept = json.loads(text)
    return {
        "vibe": kept["vibe"], "genre": kept.get("genre"), "tags": kept["tags"], "source": kept["source"],
        "model": kept.get("model"), "cost": kept["costMicroUSD"] / 1e6, "fallback_reason": kept.get("shortfall"),
    }


def view(row: sqlite3.Row, tags: list[str]) -> dict:
    features = json.loads(row["features"])
    if "waveform" in row.keys() and row["waveform"]:
        features["waveform"] = json.loads(row["waveform"])
    corrected = json.loads(row["corrections"]) if row["corrections"] else {}
    key = f"{features['key']} {features['scale']}" if features["key"] else None
    return {
        "id": row["id"], "filename": row["filename"], "content_type": row["content_type"], "size": row["size"],
        "duration": row["duration"], "sample_rate": row["sample_rate"], "bpm": corrected.get("bpm", features["bpm"]),
        "key": corrected.get("key", key), "camelot": features["camelot"], "kind": corrected.get("kind", features["kind"]),
        "role": corrected.get("role", features["role"]), "tags": tags,
        "corrections": {name: corrected.get(name) for name in ("bpm", "key", "kind", "role")},
        "file_url": f"/api/samples/{row['id']}/audio", "created_at": time_text(row["created_at"]), "hidden_at": None,
        "audio_features": features, "ai_analysis": words(row["ai_analysis_json"]),
    }


def answer(data: object, **meta: object) -> Response:
    now = time_text(int(datetime.datetime.now(datetime.UTC).timestamp() * 1000))
    envelope = {
        "success": True, "data": data,
        "meta": {"request_id": str(uuid.uuid4()), "timestamp": now, "version": "v1", **meta}}
    return Response(orjson.dumps(envelope, option=orjson.OPT_SORT_KEYS), media_type="application/json")


@app.get("/api/samples")
def samples(limit: int = Query(50, ge=1, le=200), user: str = Depends(owner)) -> Response:
    found = rows().execute(
        """SELECT samples.*, features, ai_analysis_json FROM samples JOIN audio_features ON sample_id = id
        WHERE owner = ? AND hidden_at IS NULL ORDER BY created_at DESC, id DESC LIMIT ?""", (user, limit + 1)).fetchall()
    last = found[limit - 1] if len(found) > limit else None
    cursor = base64.urlsafe_b64encode(f"{last['created_at']}/{last['id']}".encode()).decode() if last else None
    shown = found[:limit]
    tags = tags_of([row["id"] for row in shown])
    return answer([view(row, tags.get(row["id"], [])) for row in shown], next_cursor=cursor)


@app.get("/api/samples/{sample}")
def one(sample: str, user: str = Depends(owner)) -> Response:
    row = rows().execute(
        """SELECT samples.*, features, ai_analysis_json, waveform FROM samples JOIN audio_features ON sample_id = id
        WHERE id = ? AND owner = ?""", (sample, user)).fetchone()
    if row is None:
        raise HTTPException(404)
    return answer(view(row, tags_of([sample]).get(sample, [])))


@app.get("/api/health")
def health() -> Response:
    rows().execute("SELECT 1").fetchone()
    return answer({"status": "ok", "checks": {"database": "ok", "storage": "ok"}})


if __name__ == "__main__":
    uvicorn.run("peer_fastapi:app", host="127.0.0.1", port=int(sys.argv[2]), workers=2, log_level="warning")
