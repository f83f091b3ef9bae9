/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Tells of each packet that the kernel drops (tracepoint kfree_skb): why, where in its code, at which device, in which network namespace,
 * while which process ran, and how the packet begins. The reader is src/lib/kernel/drops/bpf-drop-watch.ts; struct drop is known to it byte by byte. */
#include "buffer.bpf.h"

#define NS_PER_S 1000000000ULL

/* Names are all that counts: the kernel puts its own numbers in their place. */
enum skb_drop_reason {
	SKB_NOT_DROPPED_YET,
	SKB_CONSUMED,
};
#define ENUM_EXISTS 0
#define ENUM_VALUE 1
#define ASK(value, what) __builtin_preserve_enum_value(*(enum skb_drop_reason *)value, what)

struct drop {
	/* CLOCK_MONOTONIC. */
	u64 time;
	/* Address in the kernel's code. */
	u64 location;
	u32 reason;
	u32 device;
	/* skb_iif: the device that it came in by; 0 where it is this host's own, or has not come so far. */
	u32 input;
	u32 netns;
	u32 pid;
	u32 cpu;
	/* All of the buffer, from the first of `header` on. */
	u32 buffer_bytes;
	/* Host order. */
	u16 ethertype;
	/* Payload of each segment but the last, and how many there are; 0 where there is one packet only. */
	u16 segment_payload;
	u16 segments;
	u16 header_bytes;
	/* BEGINS_AT_LINK, BEGINS_AT_NETWORK. */
	u16 begins;
	u16 unused;
	char name[16];
	char process[16];
	u8 header[];
};
_Static_assert(sizeof(struct drop) == 88, "bpf-drop-watch.ts");

/* Only of this network namespace; 0 for all. */
const volatile u32 only_netns = 0;
/* Drops told in a second; 0 for no limit. */
const volatile u32 limit = 0;
/* 14 to 256. */
const volatile u32 most_header_bytes = 128;

/* The second that is counted, and drops in it that were told or limited. Two CPUs may both begin a second: a few too many are told then. */
u64 second = 0;
u64 in_second = 0;

struct count {
	/* Drops that the ring had no room for. */
	u64 ring_full;
	/* More than the limit. */
	u64 limited;
};

struct {
	MAP_UINT(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	MAP_UINT(max_entries, 1);
	MAP_TYPE(key, u32);
	MAP_TYPE(value, struct count);
} counts SEC(".maps");

struct {
	MAP_UINT(type, BPF_MAP_TYPE_RINGBUF);
	MAP_UINT(max_entries, 4194304);
} ring SEC(".maps");

/* Packets that reached their end well, and buffers that were never dropped. */
INLINE int is_no_drop(u32 reason)
{
	if (ASK(SKB_CONSUMED, ENUM_EXISTS) && reason == ASK(SKB_CONSUMED, ENUM_VALUE))
		return 1;
	return ASK(SKB_NOT_DROPPED_YET, ENUM_EXISTS) && reason == ASK(SKB_NOT_DROPPED_YET, ENUM_VALUE);
}

INLINE int is_limited(u64 now)
{
	if (!limit)
		return 0;
	u64 this_second = now / NS_PER_S;
	if (second != this_second) {
		second = this_second;
		in_second = 0;
	}
	return __sync_fetch_and_add(&in_second, 1) >= limit;
}

/* What can be read of the packet. The clamp is in a form that 6.1 understands: never 0, never more than `most`, a power of two. */
INLINE void read_header(struct drop *drop, u8 *head, u32 from, u32 tail, u32 most)
{
	u32 bytes = tail > from ? tail - from : 0;
	if (!bytes)
		return;
	if (bytes > most_header_bytes)
		bytes = most_header_bytes;
	OPAQUE(bytes);
	bytes = ((bytes - 1) & (most - 1)) + 1;
	if (!bpf_probe_read_kernel(drop->header, bytes, head + from))
		drop->header_bytes = bytes;
}

INLINE void tell(struct drop *drop, u64 now, struct sk_buff *skb, u64 location, u32 reason, u16 protocol, u32 netns, struct net_device *dev, u32 most)
{
	u8 *head = 0, *data = 0;
	u32 len = 0, tail = 0, end = 0, device = 0;
	u16 payload = 0, segments = 0;
	s32 input = 0;
	READ(head, skb->head);
	READ(data, skb->data);
	READ(len, skb->len);
	READ(tail, skb->tail);
	READ(end, skb->end);
	READ(input, skb->skb_iif);
	drop->time = now;
	drop->location = location;
	drop->reason = reason;
	drop->netns = netns;
	drop->input = input;
	drop->pid = bpf_get_current_pid_tgid() >> 32;
	drop->cpu = bpf_get_smp_processor_id();
	drop->ethertype = __builtin_bswap16(protocol);
	__builtin_memset(drop->name, 0, sizeof(drop->name));
	if (dev && !READ(device, dev->ifindex))
		READ(drop->name, dev->name);
	drop->device = device;
	bpf_get_current_comm(drop->process, sizeof(drop->process));
	struct skb_shared_info *shared = (void *)(head + end);
	READ(payload, shared->gso_size);
	READ(segments, shared->gso_segs);
	drop->segment_payload = payload;
	drop->segments = payload ? segments : 0;
	u16 begins = 0, mac = UNSET, network = 0;
	READ(mac, skb->mac_header);
	READ(network, skb->network_header);
	u32 offset = (u32)(data - head);
	u32 from = beginning_of(mac, network, dev, offset, &begins);
	drop->begins = begins;
	drop->buffer_bytes = len + offset - from;
	drop->unused = 0;
	drop->header_bytes = 0;
	read_header(drop, head, from, tail, most);
}

INLINE int dropped(struct sk_buff *skb, u64 location, u32 reason, struct sock *receiver)
{
	if (is_no_drop(reason))
		return 0;
	struct net_device *dev = 0;
	u32 netns = 0;
	u16 protocol = 0;
	READ(dev, skb->dev);
	READ(protocol, skb->protocol);
	/* Not of a network: buffers of Unix sockets, netlink, vsock. */
	if (!dev && !protocol)
		return 0;
	if (dev)
		netns = netns_of_device(dev);
	if (!netns) {
		dev = 0;
		struct sock *sk = 0;
		READ(sk, skb->sk);
		if (sk)
			netns = netns_of_socket(sk);
		else if (receiver)
			netns = netns_of_socket(receiver);
	}
	if (only_netns && netns != only_netns)
		return 0;
	u32 zero = 0;
	struct count *count = bpf_map_lookup_elem(&counts, &zero);
	if (!count)
		return 0;
	u64 now = bpf_ktime_get_ns();
	if (is_limited(now)) {
		count->limited++;
		return 0;
	}
	/* One size each, since 6.1 reserves constant sizes only. */
	if (most_header_bytes <= 128) {
		struct drop *drop = bpf_ringbuf_reserve(&ring, sizeof(*drop) + 128, 0);
		if (drop) {
			tell(drop, now, skb, location, reason, protocol, netns, dev, 128);
			bpf_ringbuf_submit(drop, BPF_RB_NO_WAKEUP);
			return 0;
		}
	} else {
		struct drop *drop = bpf_ringbuf_reserve(&ring, sizeof(*drop) + 256, 0);
		if (drop) {
			tell(drop, now, skb, location, reason, protocol, netns, dev, 256);
			bpf_ringbuf_submit(drop, BPF_RB_NO_WAKEUP);
			return 0;
		}
	}
	count->ring_full++;
	return 0;
}

/* Since 6.11 the socket that was to have the packet is told too. */
SEC("tp_btf/kfree_skb")
int drops_with_socket(u64 *args)
{
	return dropped((struct sk_buff *)args[0], args[1], args[2], (struct sock *)args[3]);
}

SEC("tp_btf/kfree_skb")
int drops(u64 *args)
{
	return dropped((struct sk_buff *)args[0], args[1], args[2], 0);
}

SEC("raw_tp/kfree_skb")
int drops_raw(u64 *args)
{
	return dropped((struct sk_buff *)args[0], args[1], args[2], 0);
}

char _license[] SEC("license") = "Dual MIT/GPL";
