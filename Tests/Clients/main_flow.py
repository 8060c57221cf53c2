"""A client that a generator wrote from /openapi.json alone does what people do with a running `waxwing serve`.

    main_flow.py SERVER FILE FOLDER    generates the client into FOLDER, makes an account, sends the sound FILE, and uses what
                                       comes of it

Exits with 0, or with 1 and what did not hold.
"""

import importlib, os, subprocess, sys, time, urllib.request

server, sound, folder = sys.argv[1:4]
generator = os.path.join(os.path.dirname(sys.executable), "openapi-python-client")
# The generator would give the service five seconds.
description = os.path.join(folder, "openapi.json")
with urllib.request.urlopen(server + "/openapi.json", timeout=600) as answer, open(description, "wb") as file:
    file.write(answer.read())
told = subprocess.run(
    [generator, "generate", "--path", description, "--meta", "none", "--output-path", folder + "/sounds"],
    capture_output=True, text=True,
)
if told.returncode != 0:
    sys.exit(f"no client can be generated: {told.stdout}{told.stderr}")
sys.path.insert(0, folder)

from sounds import AuthenticatedClient, Client, models
from sounds.types import File


def call(client, name, *arguments, status=200, **named):
    """The function of a route's name, in whichever chapter it is."""
    answer = routes[name].sync_detailed(*arguments, client=client, **named)
    assert answer.status_code == status, f"{name}: {answer.status_code} {answer.content[:300]}"
    assert answer.parsed is not None or status == 206, f"{name}: the answer has another form than described"
    return answer.parsed


routes = {}
for place, _, files in os.walk(folder + "/sounds/api"):
    for file in files:
        if file.endswith(".py") and file != "__init__.py":
            module = os.path.relpath(os.path.join(place, file), folder)[:-3].replace("/", ".")
            routes[file[:-3]] = importlib.import_module(module)

visitor = Client(base_url=server)
email, password = "ada@example.com", "a tune for bassoon & harp"
user = call(visitor, "register", body=models.Registration(email=email, password=password, name="Ada"), status=201).data
assert user.email == email and user.disabled_at is None
tokens = call(visitor, "login", body=models.Login(email=email, password=password)).data
client = AuthenticatedClient(base_url=server, token=tokens.access_token)
assert call(client, "show_user").data.name == "Ada"

with open(sound, "rb") as audio:
    form = models.UploadBody(audio=File(payload=audio, file_name=os.path.basename(sound)))
    accepted = call(client, "upload", body=form, status=202).data
for _ in range(5000):
    job = call(client, "show_job", accepted.job_id).data
    if job.status in ("completed", "failed", "cancelled"):
        break
    time.sleep(0.1)
assert job.status == "completed", job

listed = call(client, "list_samples", limit=10)
assert [each.id for each in listed.data] == [job.sample_id] and listed.meta.next_cursor is None
sample = call(client, "show_sample", job.sample_id).data
assert sample.audio_features.duration > 0 and sample.filename == os.path.basename(sound)
with open(sound, "rb") as audio:
    # The generator has no functions for answers that are bytes of many types.
    assert client.get_httpx_client().get(sample.file_url).content == audio.read()
assert call(client, "show_usage").data.quota.additional_properties["uploads"].used == 1
key = call(client, "create_key", body=models.NewKey(name="laptop"), status=201).data
assert [each.id for each in call(client, "list_keys").data] == [key.id]
assert call(client, "revoke_key", key.id).data.id == key.id
assert call(client, "delete_sample", sample.id, purge=True).data.id == sample.id
assert routes["show_sample"].sync_detailed(sample.id, client=client).status_code == 404
call(client, "logout")
assert routes["show_user"].sync_detailed(client=client).status_code == 401
