/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Takes random samples of the packets of a device, by TCX, on their way in and out. Must not change a packet, nor what becomes of it:
 * every way out is TCX_NEXT. The reader is src/lib/kernel/tap/tcx-tap.ts; struct sample and struct port are known to it byte by byte. */
#include "sonde.bpf.h"

#define TCX_NEXT -1

#define ETH_P_IP 0x0800
#define ETH_P_IPV6 0x86dd
#define AF_INET 2
#define AF_INET6 10
#define PACKET_HOST 0
#define BPF_HDR_START_NET 1
#define BPF_FIB_LKUP_RET_SUCCESS 0
/* For this host: its own address, or a broadcast. */
#define BPF_FIB_LKUP_RET_NOT_FWDED 4
/* This interface does not forward. */
#define BPF_FIB_LKUP_RET_FWD_DISABLED 5
/* The way is known, the neighbour's MAC address is not yet. */
#define BPF_FIB_LKUP_RET_NO_NEIGH 7

/* In input and output: tap.ts. */
#define UNKNOWN_INTERFACE 0
#define THIS_HOST -1

#define EGRESS 1
#define HAS_VLAN_TAG 2

/* The fields of linux/bpf.h that are read; the kernel checks each access by its offset. */
struct __sk_buff {
	u32 len;
	u32 pkt_type;
	u32 mark;
	u32 queue_mapping;
	u32 protocol;
	u32 vlan_present;
	u32 vlan_tci;
	u32 vlan_proto;
	u32 priority;
	u32 ingress_ifindex;
	u32 ifindex;
	u32 until_hash[6];
	u32 hash;
	u32 until_gso_segs[23];
	u32 gso_segs;
	u64 sk;
	u32 gso_size;
};
_Static_assert(__builtin_offsetof(struct __sk_buff, hash) == 68, "linux/bpf.h");
_Static_assert(__builtin_offsetof(struct __sk_buff, gso_segs) == 164, "linux/bpf.h");
_Static_assert(__builtin_offsetof(struct __sk_buff, gso_size) == 176, "linux/bpf.h");

/* struct bpf_fib_lookup of linux/bpf.h. */
struct fib_lookup {
	u8 family;
	u8 l4_protocol;
	u16 sport;
	u16 dport;
	u16 tot_len;
	u32 ifindex;
	u32 flowinfo;
	u32 src[4];
	u32 dst[4];
	u32 vlan;
	u8 smac[6];
	u8 dmac[6];
};
_Static_assert(sizeof(struct fib_lookup) == 64, "linux/bpf.h");

/* What is wanted of a device. It is at slot (device mod SLOTS), or within PROBES behind it where others took that: an array costs a
 * nanosecond to look into, a hash map 24. */
#define SLOTS 1024
#define PROBES 8
struct port {
	/* 2^32 / N of 1 in N; 2^32 for each packet. */
	u64 threshold;
	/* 0: nobody's. */
	u32 device;
	/* 14 to 256. */
	u16 header_bytes;
	/* Whether packets of this namespace are spread over routes of equal cost by more than addresses (fib_multipath_hash_policy). */
	u16 spreads;
};

/* At 2 * slot (in) and 2 * slot + 1 (out), for each CPU. */
struct count {
	/* Packets on the wire that passed: a buffer of several segments counts as so many. */
	u64 pool;
	/* Samples, and those of them that the ring had no room for. One record may stand for several samples. */
	u64 taken;
	u64 lost;
	/* State of the random numbers, never 0: the reader of the ring seeds it. */
	u64 random;
};

struct sample {
	/* CLOCK_MONOTONIC. */
	u64 time;
	/* With these two the reader knows which segments of the buffer are the samples: segments.ts. */
	u64 threshold;
	u32 draw;
	u32 device;
	s32 input;
	s32 output;
	/* From the link layer on, without the tag of vlan_tag. */
	u32 buffer_bytes;
	u16 segments;
	/* Payload of each segment but the last; 0 where there is one packet only. */
	u16 segment_payload;
	u16 vlan_tag;
	u8 flags;
	/* 0, 4 or 16. */
	u8 next_hop_bytes;
	u16 header_bytes;
	u16 vlan_protocol;
	u32 next_hop[4];
	u8 header[];
};
_Static_assert(sizeof(struct sample) == 64, "tcx-tap.ts");

struct {
	MAP_UINT(type, BPF_MAP_TYPE_ARRAY);
	MAP_UINT(max_entries, SLOTS);
	MAP_TYPE(key, u32);
	MAP_TYPE(value, struct port);
} ports SEC(".maps");

struct {
	MAP_UINT(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	MAP_UINT(max_entries, 2 * SLOTS);
	MAP_TYPE(key, u32);
	MAP_TYPE(value, struct count);
} counts SEC(".maps");

struct {
	MAP_UINT(type, BPF_MAP_TYPE_RINGBUF);
	MAP_UINT(max_entries, 4194304);
} samples SEC(".maps");

/* Packets on the wire that a buffer becomes. */
INLINE u64 segments_of(struct __sk_buff *skb)
{
	u32 payload = skb->gso_size;
	if (!payload)
		return 1;
	u32 segments = skb->gso_segs;
	if (segments)
		return segments;
	/* From a virtual machine or a raw socket the kernel counts them later (SKB_GSO_DODGY). 54: Ethernet, IPv4 and TCP without options. */
	u32 bytes = skb->len;
	return bytes > 54 ? (bytes - 54 + payload - 1) / payload : 1;
}

/* Protocols whose ports, or whose SPI, choose among routes of equal cost: proto_ports_offset() of the kernel, where that is 0. */
INLINE int has_ports(u8 protocol)
{
	return protocol == 6 || protocol == 17 || protocol == 33 || protocol == 50 || protocol == 132 || protocol == 136;
}

INLINE void look_up_ports(struct __sk_buff *skb, u32 offset, struct fib_lookup *lookup)
{
	u16 ports[2];
	if (!has_ports(lookup->l4_protocol))
		return;
	if (bpf_skb_load_bytes_relative(skb, offset, ports, sizeof(ports), BPF_HDR_START_NET))
		return;
	lookup->sport = ports[0];
	lookup->dport = ports[1];
}

/* Whether other ports would go another way. Where a hash came with the packet (from the card, or from a socket of this host), the kernel
 * takes that and not the ports to choose among routes of equal cost; no lookup tells what it then chooses. */
#define TRIES 6
INLINE int is_one_of_several(struct __sk_buff *skb, const struct fib_lookup *asked, const struct fib_lookup *answer)
{
	for (u32 k = 0; k < TRIES; k++) {
		struct fib_lookup other = *asked;
		other.sport ^= 0x3b17 + 0x1234 * k;
		bpf_fib_lookup(skb, &other, sizeof(other), 0);
		if (other.ifindex != answer->ifindex || other.dst[0] != answer->dst[0] || other.dst[1] != answer->dst[1] ||
		    other.dst[2] != answer->dst[2] || other.dst[3] != answer->dst[3])
			return 1;
	}
	return 0;
}

/* Where the kernel will send a packet that came in, and the next router. Not known are bridged packets, and those that routes refuse. */
INLINE void look_up_route(struct __sk_buff *skb, struct sample *sample, int spreads)
{
	/* memset over all: padding and the fields that newer kernels read (tbid, mark) must be 0. */
	struct fib_lookup lookup;
	__builtin_memset(&lookup, 0, sizeof(lookup));
	u32 protocol = skb->protocol;
	u8 hops;
	if (skb->pkt_type != PACKET_HOST)
		return;
	if (protocol == __builtin_bswap16(ETH_P_IP)) {
		u8 ip[20];
		if (bpf_skb_load_bytes_relative(skb, 0, ip, sizeof(ip), BPF_HDR_START_NET))
			return;
		hops = ip[8];
		lookup.family = AF_INET;
		lookup.flowinfo = ip[1];
		lookup.l4_protocol = ip[9];
		__builtin_memcpy(&lookup.src, ip + 12, 4);
		__builtin_memcpy(&lookup.dst, ip + 16, 4);
		/* Fragments have no ports: more to come, or an offset. */
		if (!((ip[6] & 0x3f) | ip[7]))
			look_up_ports(skb, (ip[0] & 15) * 4, &lookup);
	} else if (protocol == __builtin_bswap16(ETH_P_IPV6)) {
		u8 ip[40];
		if (bpf_skb_load_bytes_relative(skb, 0, ip, sizeof(ip), BPF_HDR_START_NET))
			return;
		hops = ip[7];
		lookup.family = AF_INET6;
		__builtin_memcpy(&lookup.flowinfo, ip, 4);
		lookup.flowinfo &= __builtin_bswap32(0x0fffffff);
		lookup.l4_protocol = ip[6];
		__builtin_memcpy(&lookup.src, ip + 8, 16);
		__builtin_memcpy(&lookup.dst, ip + 24, 16);
		look_up_ports(skb, 40, &lookup);
	} else {
		sample->output = THIS_HOST;
		return;
	}
	lookup.ifindex = skb->ifindex;
	struct fib_lookup asked = lookup;
	u32 *to = asked.dst;
	long result = bpf_fib_lookup(skb, &lookup, sizeof(lookup), 0);
	if (result == BPF_FIB_LKUP_RET_NOT_FWDED || result == BPF_FIB_LKUP_RET_FWD_DISABLED)
		sample->output = THIS_HOST;
	if (result != BPF_FIB_LKUP_RET_SUCCESS && result != BPF_FIB_LKUP_RET_NO_NEIGH)
		return;
	/* The end of its life. */
	if (hops <= 1)
		return;
	if (spreads && skb->hash && has_ports(asked.l4_protocol) && is_one_of_several(skb, &asked, &lookup))
		return;
	sample->output = lookup.ifindex;
	/* An IPv4 route may have an IPv6 gateway (RFC 8950): then the family has changed. */
	if (lookup.family == AF_INET) {
		if (lookup.dst[0] == to[0])
			return;
		sample->next_hop_bytes = 4;
		sample->next_hop[0] = lookup.dst[0];
		return;
	}
	if (lookup.dst[0] == to[0] && lookup.dst[1] == to[1] && lookup.dst[2] == to[2] && lookup.dst[3] == to[3])
		return;
	sample->next_hop_bytes = 16;
	__builtin_memcpy(sample->next_hop, lookup.dst, 16);
}

INLINE void fill(struct __sk_buff *skb, struct sample *sample, struct port *port, u32 segments, u32 draw, int egress)
{
	sample->time = bpf_ktime_get_ns();
	sample->threshold = port->threshold;
	sample->draw = draw;
	sample->device = skb->ifindex;
	sample->buffer_bytes = skb->len;
	sample->segments = segments;
	sample->segment_payload = skb->gso_size;
	sample->vlan_tag = skb->vlan_tci;
	sample->flags = (egress ? EGRESS : 0) | (skb->vlan_present ? HAS_VLAN_TAG : 0);
	sample->next_hop_bytes = 0;
	sample->vlan_protocol = __builtin_bswap16(skb->vlan_proto);
	__builtin_memset(sample->next_hop, 0, sizeof(sample->next_hop));
	if (egress) {
		u32 input = skb->ingress_ifindex;
		sample->input = input ? (s32)input : THIS_HOST;
		sample->output = skb->ifindex;
	} else {
		sample->input = skb->ifindex;
		sample->output = UNKNOWN_INTERFACE;
		look_up_route(skb, sample, port->spreads);
	}
}

/* A macro, since the verifier wants the size of a record to be a constant. `room` is a power of two. The bound is written so that 6.1
 * sees that the length is neither 0 nor beyond the record (kernel.md, section 6). */
#define TAKE(room)                                                                                  \
	({                                                                                          \
		struct sample *sample = bpf_ringbuf_reserve(&samples, sizeof(struct sample) + room, 0); \
		if (sample) {                                                                       \
			u32 bytes = skb->len < wanted ? skb->len : wanted;  \
			fill(skb, sample, port, segments, draw, egress);                            \
			OPAQUE(bytes);                                                              \
			bytes = ((bytes - 1) & (room - 1)) + 1;                                     \
			if (bpf_skb_load_bytes(skb, 0, sample->header, bytes))                      \
				bytes = 0;                                                          \
			sample->header_bytes = bytes;                                               \
			bpf_ringbuf_submit(sample, BPF_RB_NO_WAKEUP);                               \
		}                                                                                   \
		sample != 0;                                                                        \
	})

/* 32 random bits: xorshift64* (Vigna 2016), a state for each CPU and direction; 3 ns where bpf_get_prandom_u32 takes 15. */
INLINE u32 draw_from(struct count *count)
{
	u64 x = count->random;
	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	count->random = x;
	return (x * 0x2545f4914f6cdd1dULL) >> 32;
}

INLINE int tap(struct __sk_buff *skb, int egress)
{
	u32 device = skb->ifindex;
	struct port *port = 0;
	u32 slot;
#pragma clang loop unroll(full)
	for (u32 probe = 0; probe < PROBES; probe++) {
		slot = (device + probe) % SLOTS;
		port = bpf_map_lookup_elem(&ports, &slot);
		if (!port)
			return TCX_NEXT;
		if (port->device == device)
			break;
		port = 0;
	}
	if (!port)
		return TCX_NEXT;
	u32 at = 2 * slot + egress;
	struct count *count = bpf_map_lookup_elem(&counts, &at);
	if (!count)
		return TCX_NEXT;
	u64 segments = segments_of(skb);
	count->pool += segments;
	/* How many of the segments are samples: each with probability p = threshold / 2^32, hence p * segments of them on average,
	 * rounded down or up by one random number. */
	u32 draw = draw_from(count);
	u64 taken = (port->threshold * segments + draw) >> 32;
	if (!UNLIKELY(taken))
		return TCX_NEXT;
	count->taken += taken;
	u32 wanted = port->header_bytes;
	int room = wanted <= 128 ? TAKE(128) : TAKE(256);
	if (!room)
		count->lost += taken;
	return TCX_NEXT;
}

SEC("tcx/ingress")
int sample_ingress(struct __sk_buff *skb)
{
	return tap(skb, 0);
}

SEC("tcx/egress")
int sample_egress(struct __sk_buff *skb)
{
	return tap(skb, 1);
}

char _license[] SEC("license") = "Dual MIT/GPL";
