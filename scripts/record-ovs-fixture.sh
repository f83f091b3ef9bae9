#!/usr/bin/env bash
# Records fixtures/agents/ovs.pcap: Open vSwitch with its user-space datapath exports sFlow while two namespaces send known
# traffic through it. What was sent and received goes to fixtures/agents/ovs.truth.json. Each run gives other bytes, so
# fixtures/agents/ovs.* and its goldens change together (npm run gen).
#
# Needs root and: openvswitch-switch tcpdump ethtool iputils-ping python3 iproute2. Makes four network namespaces and its own Open vSwitch
# in a temporary folder; leaves nothing behind and touches no Open vSwitch that runs already.
set -euo pipefail
cd "$(dirname "$0")/.."

SAMPLING=32 POLLING=5 HEADER=128 SECONDS_OF_TRAFFIC=25
run=$(mktemp -d)
export OVS_RUNDIR=$run OVS_LOGDIR=$run OVS_DBDIR=$run OVS_SYSCONFDIR=$run
id=$$
sw=fx$id-sw collector=fx$id-col h1=fx$id-h1 h2=fx$id-h2
pids=()

finish() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for daemon in ovs-vswitchd ovsdb-server; do
    if [ -f "$run/$daemon.pid" ]; then kill "$(cat "$run/$daemon.pid")" 2>/dev/null || true; fi
  done
  sleep 1
  for ns in "$sw" "$collector" "$h1" "$h2"; do ip netns del "$ns" 2>/dev/null || true; done
  rm -rf "$run"
}
trap finish EXIT

for ns in "$sw" "$collector" "$h1" "$h2"; do
  ip netns add "$ns"
  ip -n "$ns" link set lo up
done
# pair A DEVICE B DEVICE: a cable between two namespaces.
pair() {
  ip link add "$2" netns "$1" type veth peer name "$4" netns "$3"
  ip -n "$1" link set "$2" up
  ip -n "$3" link set "$4" up
}
pair "$sw" mgmt0 "$collector" eth0
pair "$sw" eth1 "$h1" eth0
pair "$sw" eth2 "$h2" eth0
ip -n "$sw" addr add 192.0.2.10/24 dev mgmt0
ip -n "$collector" addr add 192.0.2.1/24 dev eth0
n=1
for ns in "$h1" "$h2"; do
  ip -n "$ns" link set eth0 address "02:00:00:00:00:0$n"
  ip -n "$ns" addr add "198.51.100.$n/24" dev eth0
  ip -n "$ns" addr add "2001:db8:100::$n/64" dev eth0 nodad
  # The user-space datapath passes packets on as they are: they need their checksums and their own size.
  ip netns exec "$ns" ethtool -K eth0 tx off tso off gso off gro off >/dev/null
  n=$((n + 1))
done

ovsdb-tool create "$run/conf.db" /usr/share/openvswitch/vswitch.ovsschema
ovsdb-server "$run/conf.db" --remote="punix:$run/db.sock" --pidfile="$run/ovsdb-server.pid" --log-file="$run/db.log" --detach
db() { ovs-vsctl --db="unix:$run/db.sock" "$@"; }
db --no-wait init
ip netns exec "$sw" ovs-vswitchd "unix:$run/db.sock" --pidfile="$run/ovs-vswitchd.pid" --log-file="$run/switch.log" --detach
db add-br br0 -- set bridge br0 datapath_type=netdev other-config:hwaddr=02:00:00:00:00:10
db add-port br0 eth1 -- add-port br0 eth2
sleep 2

mkdir -p fixtures/agents
ip netns exec "$collector" tcpdump --time-stamp-precision=nano -U -i eth0 -s 0 -w "$run/ovs.pcap" udp port 6343 2>"$run/tcpdump.log" &
pids+=($!)
# A collector that listens, so that the switch gets no ICMP errors.
ip netns exec "$collector" python3 -c '
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("192.0.2.1", 6343))
while True: s.recv(65535)' &
pids+=($!)
sleep 1
db -- --id=@s create sflow agent=mgmt0 "target=\"192.0.2.1:6343\"" header=$HEADER sampling=$SAMPLING polling=$POLLING \
  -- set bridge br0 sflow=@s >/dev/null
sleep 2

read -r -d '' traffic <<'PYTHON' || true
import json, socket, sys, threading, time
side, seconds = sys.argv[1], float(sys.argv[2])
UDP = [('udp4', socket.AF_INET, '198.51.100.2', 40001, 5001, 100, 400), ('udp6', socket.AF_INET6, '2001:db8:100::2', 40002, 5002, 40, 200)]
out, lock = {}, threading.Lock()
def put(name, **values):
    with lock: out[name] = values
def send(name, family, to, sport, dport, pps, size):
    s = socket.socket(family, socket.SOCK_DGRAM); s.bind(('', sport))
    start, sent = time.time(), 0
    while time.time() - start < seconds:
        s.sendto(b'sonde' * (size // 5), (to, dport)); sent += 1
        time.sleep(max(0, start + sent / pps - time.time()))
    put(name, to=to, source_port=sport, destination_port=dport, payload_bytes=size, packets_sent=sent, start=start, end=time.time())
def receive(name, family, to, sport, dport, pps, size):
    s = socket.socket(family, socket.SOCK_DGRAM); s.bind(('', dport)); s.settimeout(0.5)
    end, got = time.time() + seconds + 3, 0
    while time.time() < end:
        try: s.recv(2048); got += 1
        except TimeoutError: pass
    put(name, packets_received=got)
def client():
    s = socket.create_connection(('198.51.100.2', 8080)); start, sent = time.time(), 0
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while time.time() - start < seconds:
        s.sendall(b'x' * 1000); sent += 1000; s.recv(4); time.sleep(0.04)
    put('tcp', to='198.51.100.2', source_port=s.getsockname()[1], destination_port=8080, bytes_sent=sent, start=start, end=time.time()); s.close()
def server():
    listener = socket.create_server(('198.51.100.2', 8080)); s, _ = listener.accept(); got = 0
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while True:
        part = s.recv(65536)
        if not part: break
        got += len(part)
        if got % 1000 == 0: s.sendall(b'ack\n')
    put('tcp', bytes_received=got)
work = [threading.Thread(target=send if side == 'send' else receive, args=job) for job in UDP]
work.append(threading.Thread(target=client if side == 'send' else server))
for t in work: t.start()
for t in work: t.join()
print(json.dumps(out))
PYTHON
ip netns exec "$h2" python3 -c "$traffic" receive $SECONDS_OF_TRAFFIC >"$run/received.json" &
receiver=$!
sleep 1
ip netns exec "$h1" ping -q -i 0.05 -c $((SECONDS_OF_TRAFFIC * 20)) 198.51.100.2 >"$run/ping.txt" &
ping=$!
ip netns exec "$h1" python3 -c "$traffic" send $SECONDS_OF_TRAFFIC >"$run/sent.json"
wait "$ping" "$receiver"
# Everything of the last polling interval.
sleep $((POLLING + 1))
kill "${pids[0]}"
wait "${pids[0]}" || true

python3 - "$run" "$SAMPLING" "$POLLING" "$HEADER" "$(ovs-vswitchd --version | head -1)" >fixtures/agents/ovs.truth.json <<'PYTHON'
import json, re, sys
run, sampling, polling, header, version = sys.argv[1:]
sent, received = (json.load(open(f'{run}/{name}.json')) for name in ('sent', 'received'))
ping = re.search(r'(\d+) packets transmitted, (\d+) received', open(f'{run}/ping.txt').read())
print(json.dumps({
    'agent': version + ', datapath_type=netdev', 'agent_address': '192.0.2.10', 'sampling': int(sampling),
    'polling_s': int(polling), 'header_bytes': int(header), 'ports': {'eth1': 'h1, 198.51.100.1', 'eth2': 'h2, 198.51.100.2'},
    'sent_by_h1': {name: {**values, **received[name]} for name, values in sent.items()} | {
        'ping': {'to': '198.51.100.2', 'requests': int(ping[1]), 'replies': int(ping[2])}}}, indent=1))
PYTHON
grep -q '^0 packets dropped by kernel' "$run/tcpdump.log" || { cat "$run/tcpdump.log"; exit 1; }
cp "$run/ovs.pcap" fixtures/agents/ovs.pcap
ls -l fixtures/agents/ovs.pcap
