"""Has a `waxwing` of a release make an installation of people, samples and jobs, and keeps it as text.

    installation.py PROGRAM OUT    runs PROGRAM on loopback, leaves OUT.sql (its database) and OUT.json (what it said there is)

A later program is then started on it: see Tests/Adapters/CLITests/UpgradeTests.swift. Only what all releases have is used.
The sounds are those of Debian's lmms-common; of what the store holds only what stands around them is kept. All secrets in the
two files are of this installation alone, which nobody uses.
"""

import atexit, hashlib, json, os, re, shutil, signal, sqlite3, subprocess, sys, tempfile, time, urllib.error, urllib.request

program, out = sys.argv[1:3]
folder = tempfile.mkdtemp()
data = folder + "/var"
SOUNDS = "/usr/share/lmms/samples/drums/"
environment = {
    "WAXWING_DATA": data, "PORT": "0", "WAXWING_PAYMENTS": "development", "WAXWING_ENVIRONMENT": "development",
    "WAXWING_PLANS": folder + "/plans.json", "PATH": os.environ["PATH"],
}


class Server:
    def __init__(self, workers):
        self.process = subprocess.Popen(
            [program, "serve"], env=environment | {"WAXWING_WORKERS": str(workers)}, text=True,
            stdout=subprocess.PIPE, stderr=open(folder + "/log", "a"),
        )
        atexit.register(self.process.kill)
        for line in self.process.stdout:
            if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                self.address = found[0]
                return
        sys.exit("the server did not start: " + open(folder + "/log").read()[-2000:])

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        if self.process.wait(60) != 0:
            sys.exit("the server did not stop as it should")

    def call(self, method, path, token=None, body=None, type="application/json"):
        """The status, and the whole answer."""
        content = json.dumps(body).encode() if isinstance(body, dict) else body
        headers = {"Content-Type": type} if body is not None else {}
        if token:
            headers["Authorization"] = "Bearer " + token
        request = urllib.request.Request(self.address + path, content, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refused:
            return refused.code, json.loads(refused.read() or b"null")

    def have(self, *request, **named):
        """What came of a request that must be good."""
        status, answer = self.call(*request, **named)
        if status >= 300:
            sys.exit(f"{request[:2]}: {status} {answer}")
        return answer["data"]

    def upload(self, token, name, content):
        head = f'--b\r\nContent-Disposition: form-data; name="audio"; filename="{name}"\r\n\r\n'
        return self.have(
            "POST", "/api/upload", token, head.encode() + content + b"\r\n--b--\r\n",
            type="multipart/form-data; boundary=b",
        )["job_id"]

    def ended(self, token, job):
        while (told := self.have("GET", f"/api/jobs/{job}", token))["status"] in ("pending", "processing"):
            time.sleep(0.05)
        return told


def run(*arguments, given=""):
    done = subprocess.run([program, *arguments], env=environment, input=given, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{arguments}: {done.stderr}")
    return done.stdout


# The plans that are sold, without what makes one wait.
plans = json.loads(run("plans", "template", "--profile", "saas"))
plans["request_limits"] = None
for plan in plans["plans"].values():
    plan |= {"delay_seconds": 0, "delay_until_seconds": None}
with open(folder + "/plans.json", "w") as file:
    json.dump(plans, file)


def sound(name):
    with open(SOUNDS + name, "rb") as file:
        return file.read()


def sign_in(server, person):
    return server.have("POST", "/api/auth/login", body={name: person[name] for name in ("email", "password")})


people = {
    name: {"email": f"{name}@example.com", "password": f"{name}'s tune for 3 bassoons"} for name in ("ada", "bea", "eve")
}
server = Server(workers=2)
run("users", "create", "ada@example.com", "--admin", "--password-stdin", given=people["ada"]["password"])
for name in ("bea", "eve"):
    server.have("POST", "/api/auth/register", body=people[name] | {"name": name.title()})
tokens = {name: sign_in(server, person)["access_token"] for name, person in people.items()}
bea = tokens["bea"]
for name, person in people.items():
    person["id"] = server.have("GET", "/api/user", tokens[name])["id"]
people["bea"]["key"] = server.have("POST", "/api/auth/keys", bea, {"name": "laptop"})["key"]
people["bea"]["reading_key"] = server.have(
    "POST", "/api/auth/keys", bea, {"name": "player", "scopes": ["library:read"]})["key"]

# A plan that is paid for, where the release sells any.
status, answer = server.call("POST", "/api/subscribe", bea, {"plan": "pro"})
if status == 201:
    page = urllib.request.Request(
        answer["data"]["url"], b"card=good", {"Sec-Fetch-Site": "same-origin"}, method="POST")
    urllib.request.urlopen(page, timeout=60).close()
people["bea"]["plan"] = "pro" if status == 201 else None

done = {name: server.ended(bea, server.upload(bea, name, sound(name))) for name in ("kick01.ogg", "clav01.ogg", "wood01.ogg")}
broken = server.ended(bea, server.upload(bea, "broken.wav", b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0" + bytes(16)))
eves = server.ended(tokens["eve"], server.upload(tokens["eve"], "zap01.ogg", sound("zap01.ogg")))
if [job["status"] for job in [*done.values(), broken, eves]] != ["completed"] * 3 + ["failed", "completed"]:
    sys.exit(f"the jobs ended otherwise: {done} {broken} {eves}")
hidden, purged = done["clav01.ogg"]["sample_id"], done["wood01.ogg"]["sample_id"]
server.have("DELETE", f"/api/samples/{hidden}", bea)
server.have("DELETE", f"/api/samples/{purged}?purge=true", bea)
samples = server.have("GET", "/api/samples", bea)
if [each["id"] for each in samples] != [done["kick01.ogg"]["sample_id"]]:
    sys.exit(f"the list is another: {samples}")
run("users", "disable", "eve@example.com")
server.stop()

# What waits when the release is left.
server = Server(workers=0)
signed_in = sign_in(server, people["bea"])
bea, people["bea"]["refresh_token"] = signed_in["access_token"], signed_in["refresh_token"]
waiting = [server.upload(bea, name, sound(name)) for name in ("snare_hiphop02.ogg", "hihat_closed05.ogg")]
jobs = server.have("GET", "/api/jobs", bea)
server.stop()

known = {hashlib.sha256(content).digest(): name for name in os.listdir(SOUNDS) for content in [sound(name)]}
store = []
for place, _, files in os.walk(data + "/store/objects"):
    for file in files:
        with open(f"{place}/{file}", "rb") as opened:
            content = opened.read()
        # Body, JSON, its SHA-256, its length, and eight letters: see Sources/Storage/Core/Objects/LocalObjectFile.swift.
        start = len(content) - 48 - int.from_bytes(content[-16:-8], "big")
        body = content[:start]
        name = known.get(hashlib.sha256(body).digest())
        store.append({
            "path": os.path.relpath(f"{place}/{file}", data), "sound": name,
            "body": None if name else body.decode(), "about": content[start:-48].decode(),
        })

with open(data + "/keys.json") as file:
    keys = file.read()
with open(out + ".json", "w") as file:
    json.dump({
        "written_at": round(time.time() * 1000), "people": people, "samples": samples, "hidden": hidden, "purged": purged,
        "jobs": jobs, "waiting": waiting, "keys_file": keys, "sounds": SOUNDS,
        "store": sorted(store, key=lambda each: each["path"]),
    }, file, indent=1, sort_keys=True)
    file.write("\n")
with sqlite3.connect(data + "/waxwing.sqlite") as rows, open(out + ".sql", "w") as file:
    for statement in rows.iterdump():
        # The one who reads it parts it there.
        assert ";\n" not in statement
        file.write(statement + "\n")
shutil.rmtree(folder)
