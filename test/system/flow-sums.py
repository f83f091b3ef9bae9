"""Adds up flows from `sonde decode --format ndjson`, on its own: what `sonde top-flows --scale configured --agg sum` must give.

Reads stdin, prints one JSON object: samples that count, totals, and [ipsource, ipdestination, samples, frames, bytes] of each
flow. The rules are those of docs/top-flows.md: each sample stands for its sampling rate in packets; a datagram that came twice
counts once; a packet sampled on its way out does not count where its port of entry gives samples too, or, where that port is not
known, another port than the one it leaves by.
"""

import json
import sys
from collections import defaultdict

INTERNAL = (0x3FFFFFFF, 0xFFFFFFFF)
FLOW = ("flow_sample", "flow_sample_expanded")


def frame_length(records):
    for name, field in (("sampled_header", "frame_length"), ("sampled_ethernet", "length")):
        for record in records:
            if record.get("name") == name and "fields" in record:
                return record["fields"].get(field)
    for name in ("sampled_ipv4", "sampled_ipv6"):
        for record in records:
            if record.get("name") == name and "fields" in record:
                return record["fields"].get("length")
    return None


def addresses(sample):
    for layer in sample.get("layers", []):
        if layer["layer"] == "ip":
            return layer.get("ip.src"), layer.get("ip.dst")
    records = sample["records"]
    if not any(record.get("name") == "sampled_header" and "fields" in record for record in records):
        for record in records:
            if record.get("name") == "sampled_ipv4" and "fields" in record:
                return record["fields"]["src_ip"], record["fields"]["dst_ip"]
    return None, None


def main():
    samples = []
    entries = set()
    seen = set()
    for line in sys.stdin:
        sample = json.loads(line)
        agent = (sample.get("agent"), sample.get("sub_agent"))
        place = (agent, sample["datagram_sequence"], sample["uptime_ms"], sample.get("sample_index"))
        if place in seen:
            continue
        seen.add(place)
        if sample.get("sample_type") not in FLOW or "issue" in sample:
            continue
        index = sample["source_id_index"]
        interface = sample["source_id_type"] == 0 and index != 0
        came_in = sample["input_format"] == 0 and sample["input_value"]
        went_out = sample["output_format"] == 0 and sample["output_value"]
        side = "in" if interface and came_in == index else "out" if interface and went_out == index else "?"
        entry = came_in if came_in and came_in not in INTERNAL else 0
        if side == "in":
            entries.add((sample["agent"], index))
        samples.append((sample, side, entry, index))
    flows = defaultdict(lambda: [0, 0, 0])
    total = [0, 0, 0]
    no_length = 0
    for sample, side, entry, index in samples:
        agent = sample["agent"]
        # Where the port of entry is not known it may be any other port of the agent.
        others = any(a == agent and port != index for a, port in entries) if entry == 0 else (agent, entry) in entries
        if side == "out" and others:
            continue
        rate = sample["sampling_rate"]
        length = frame_length(sample["records"])
        if length is None:
            no_length += 1
            length = 0
        flow = flows[addresses(sample)]
        for sums in (flow, total):
            sums[0] += 1
            sums[1] += rate
            sums[2] += rate * length
    listed = [[*key, *sums] for key, sums in flows.items()]
    json.dump({"samples": len(samples), "no_length": no_length, "total": total, "flows": listed}, sys.stdout)


main()
