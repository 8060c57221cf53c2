# For scripts that start servers: sourced, not run.

# A free port of this machine, below those that systems give to whoever connects: a server that was crashed comes back on its
# own, and meanwhile nobody got it.
free_port() {
    python3 - <<'EOF'
import random, socket

while True:
    port = random.randrange(20_000, 32_768)
    with socket.socket() as listener:
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            continue
    print(port)
    break
EOF
}

# Of a process, by its number; nothing when there is none. Small systems come without `ps`, macOS without /proc.
command_line() {
    if [ -d /proc/self ]; then
        tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline" || true
    else
        ps -o args= -p "$1" 2>/dev/null || true
    fi
}

# Ends the process whose number the file $1 holds, if its command line names $2: the number may belong to another by now.
end_process() {
    local pid
    [ -f "$1" ] || return 0
    pid=$(cat "$1")
    if command_line "$pid" | grep -qF "$2"; then
        for signal in TERM KILL; do
            kill -"$signal" "$pid" 2>/dev/null || true
            for _ in $(seq 100); do
                [ -n "$(command_line "$pid")" ] || break 2
                sleep 0.1
            done
        done
    fi
    rm -f "$1"
}
