#!/bin/bash
# A small S3 server that judges signatures: Ceph's radosgw over one monitor and one store in memory, on loopback only.
#
#   Scripts/s3-server.sh start DIR   prints `export TEST_S3_…` lines, once it answers (10 to 20 s, 130 MB of memory)
#   Scripts/s3-server.sh env DIR     prints them again
#   Scripts/s3-server.sh stop DIR    ends its three processes by their numbers and removes DIR
#
# Runs as root or as anybody. Needs the packages ceph-common, ceph-mon, ceph-osd and radosgw.
set -euo pipefail
. "$(dirname "$0")/peer.sh"

random_text() {
    python3 -c "import secrets; print(secrets.token_hex($1))"
}

# Runs "$@" until it succeeds, for 300 s.
await() {
    local what=$1
    shift
    for _ in $(seq 1500); do
        ! "$@" >/dev/null 2>&1 || return 0
        sleep 0.2
    done
    fail "$what did not happen within 300 s"
}

# A daemon in a session of its own, so that the end of the terminal is not its end; `$!` is its number.
run() {
    local name=$1
    shift
    setsid "$@" </dev/null >"$dir/log/$name.out" 2>&1 &
    echo $! >"$dir/$name.pid"
}

launch() {
    for program in ceph ceph-mon ceph-osd radosgw radosgw-admin ceph-authtool monmaptool python3; do
        command -v $program >/dev/null \
            || lacks "$program is missing: apt-get install ceph-common ceph-mon ceph-osd radosgw"
    done
    make_folder
    mkdir "$dir"/{mon,osd,rgw,log,run}
    local fsid mon_port rgw_port conf=$dir/ceph.conf
    fsid=$(python3 -c 'import uuid; print(uuid.uuid4())')
    mon_port=$(free_port)
    rgw_port=$mon_port
    while [ "$rgw_port" = "$mon_port" ]; do rgw_port=$(free_port); done

    # Everything speaks without keys on loopback, so every connection mode must be `crc`: `secure` needs a key.
    # No manager: nothing here needs statistics or balancing.
    cat >"$conf" <<CONF
[global]
fsid = $fsid
mon host = v2:127.0.0.1:$mon_port
public addr = 127.0.0.1
cluster addr = 127.0.0.1
auth cluster required = none
auth service required = none
auth client required = none
ms mon client mode = crc
ms mon cluster mode = crc
ms mon service mode = crc
ms client mode = crc
ms cluster mode = crc
ms service mode = crc
ms bind msgr1 = false
run dir = $dir/run
admin socket = $dir/run/\$name.asok
log file = $dir/log/\$name.log
log to stderr = false
mon cluster log file = $dir/log/cluster.log
keyring = $dir/keyring
crash dir = $dir/run
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd crush chooseleaf type = 0
mon allow pool size one = true
mon allow pool delete = true
mon data avail warn = 1
mon data avail crit = 0
mon pg warn min per osd = 0

[mon.a]
mon data = $dir/mon

[osd.0]
osd data = $dir/osd
osd objectstore = memstore
memstore device bytes = 4294967296
osd class dir = $(dirname "$(find /usr/lib /usr/lib64 -name 'libcls_rgw.so' 2>/dev/null | head -1)")
osd max object name len = 2048
osd memory target = 1073741824

[client.rgw]
rgw data = $dir/rgw
rgw frontends = beast endpoint=127.0.0.1:$rgw_port tcp_nodelay=1
rgw dns name = localhost
rgw thread pool size = 64
rgw enable usage log = false
rgw enable ops log = false
rgw gc obj min wait = 60
rgw gc processor period = 30
CONF

    # Never checked, but radosgw does not start without a keyring.
    ceph-authtool --create-keyring "$dir/keyring" --gen-key -n client.rgw >/dev/null
    ceph-authtool "$dir/keyring" --gen-key -n mon. --cap mon 'allow *' >/dev/null
    cp "$dir/keyring" "$dir/rgw/keyring"
    monmaptool --create --fsid "$fsid" --addv a "v2:127.0.0.1:$mon_port" "$dir/monmap" >/dev/null
    ceph-mon -c "$conf" -i a --mkfs --monmap "$dir/monmap" --keyring "$dir/keyring"
    run mon ceph-mon -c "$conf" -i a -f

    local ceph=(ceph -c "$conf" --connect-timeout 5)
    await "the monitor's first answer" "${ceph[@]}" mon stat
    local osd
    osd=$(python3 -c 'import uuid; print(uuid.uuid4())')
    await "the store's announcement" "${ceph[@]}" osd new "$osd" 0
    ceph-osd -c "$conf" -i 0 --mkfs --osd-uuid "$osd" >"$dir/log/osd-mkfs.out" 2>&1 || fail "the store could not be made"
    run osd ceph-osd -c "$conf" -i 0 -f
    await "the store's start" bash -c "ceph -c '$conf' osd stat | grep -q '1 up'"
    run rgw radosgw -c "$conf" -n client.rgw -f
    await "radosgw's first answer" bash -c "exec 3<>/dev/tcp/127.0.0.1/$rgw_port"

    local access secret
    access=$(random_text 10)
    secret=$(random_text 20)
    radosgw-admin -c "$conf" -n client.rgw user create --uid=test --display-name=test --max-buckets=0 --access-key="$access" \
        --secret-key="$secret" >"$dir/log/user.out" 2>&1 || fail "the user could not be made"

    (
        umask 077
        cat >"$dir/env" <<ENV
export TEST_S3_ENDPOINT=http://127.0.0.1:$rgw_port
export TEST_S3_REGION=default
export TEST_S3_ACCESS_KEY_ID=$access
export TEST_S3_SECRET_ACCESS_KEY=$secret
ENV
    )
    cat "$dir/env"
}

# The log's end says why.
fail() {
    echo "$peer: $1" >&2
    tail -n 5 "$dir"/log/*.out >&2 || true
    stop
    exit 1
}

stop() {
    local name
    for name in rgw osd mon; do end_process "$dir/$name.pid" "$dir/ceph.conf"; done
    rm -rf "$dir"
}

run_peer "$@"
