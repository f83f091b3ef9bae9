/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Owns what trace.bpf.c tells, what it is asked for, and what it holds: the cookie of a function, struct event, the wishes, its maps. The reader
 * is src/lib/kernel/trace/bpf-trace-watch.ts; struct event is known to it byte by byte. */
#pragma once
#include "buffer.bpf.h"

/* Bytes of a packet's beginning that are told and filtered: src/lib/pcap-filter/classic.ts. */
#define FILTER_BYTES 128
/* Steps to a field, and fields: src/lib/kernel/trace/open-trace.ts. */
#define META_STEPS 8
#define META_FIELDS 4
#define CALLER_FRAMES 8
#define STACK_FRAMES 64
/* Programs of different kinds on one CPU, one interrupting the other: task, softirq, interrupt, and one more. */
#define NESTED 4
/* Kernels have 232 and a few more, by their configuration. */
#define MOST_SKB_BYTES 320

/* The cookie: bits 0-31 number of the function, 32-35 position of the buffer among its arguments, 36-39 position + 1 of its drop reason. */
#define FUNCTION(cookie) ((u32)(cookie))
#define BUFFER_AT(cookie) ((cookie) >> 32 & 0xf)
#define REASON_AT(cookie) ((cookie) >> 36 & 0xf)
/* The buffer's life ends here. */
#define ENDS (1ULL << 40)
/* The buffer lets go of its data here, which others may still share. */
#define LETS_GO (1ULL << 41)
/* The argument behind the buffer is the place in the kernel's code where it was dropped. */
#define HAS_LOCATION (1ULL << 42)
/* Where buffers enter the stack: one that is followed and has other data by now is another buffer at the same address. */
#define ENTERS (1ULL << 43)
/* With a kprobe: whoever calls it drops the buffer. */
#define CALLER_DROPS (1ULL << 44)

#define NO_STACK 0
#define ONLY_CALLER 1
#define WHOLE_STACK 2
/* Of __builtin_preserve_type_info. */
#define TYPE_SIZE 1

struct event {
	/* CLOCK_MONOTONIC. */
	u64 time;
	u64 skb;
	/* Number of the packet where packets are followed, else 0. */
	u64 packet;
	/* Address in the kernel's code: where it was dropped; or the function's caller, with a kprobe. */
	u64 location;
	u32 function;
	u32 reason;
	u32 pid;
	u32 cpu;
	u32 netns;
	u32 mark;
	u32 device;
	u32 mtu;
	/* skb->len. */
	u32 length;
	/* Host order. */
	u16 ethertype;
	u16 header_bytes;
	/* BEGINS_AT_LINK, BEGINS_AT_NETWORK. */
	u16 begins;
	/* Bit i: meta[i] could be read. */
	u16 meta_there;
	u16 stack_frames;
	u16 unused;
	char name[16];
	char process[16];
	u64 meta[META_FIELDS];
	u8 header[FILTER_BYTES];
	u64 stack[];
};
_Static_assert(sizeof(struct event) == 272, "bpf-trace-watch.ts");

/* What the wish asks for. What is 0 is no part of the program in the kernel. */
/* Of this network namespace only; at the interface of this name: 16 bytes and which bits of them count; with this mark. */
const volatile u32 only_netns = 0;
const volatile u64 only_name_0 = 0;
const volatile u64 only_name_1 = 0;
const volatile u64 only_name_mask_0 = 0;
const volatile u64 only_name_mask_1 = 0;
const volatile u32 only_mark = 0;
const volatile u32 only_mark_mask = 0;
const volatile u32 has_filter = 0;
const volatile u32 track = 0;
const volatile u32 stack_kind = NO_STACK;
const volatile u32 meta_fields = 0;
/* Of a program that hangs at one function only. */
const volatile u64 own_cookie = 0;
/* Set at the end: nothing is told or counted any more, wherever programs still hang. */
u32 is_over = 0;

struct count {
	/* Times that a function was reached by a buffer. */
	u64 seen;
	/* Those of them that the filters refused. */
	u64 refused;
	/* Events that the ring had no room for. */
	u64 ring_full;
	/* Slots of `scratches` that are in use on this CPU. */
	u64 depth;
};

struct {
	MAP_UINT(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	MAP_UINT(max_entries, 1);
	MAP_TYPE(key, u32);
	MAP_TYPE(value, struct count);
} counts SEC(".maps");

struct scratch {
	/* How the packet begins, and room behind it for what lies there when a VLAN tag is put back in. */
	u8 bytes[FILTER_BYTES + 32];
	/* The buffer itself: one read costs less than one for each field. */
	u8 skb[MOST_SKB_BYTES];
};

struct {
	MAP_UINT(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	MAP_UINT(max_entries, NESTED);
	MAP_TYPE(key, u32);
	MAP_TYPE(value, struct scratch);
} scratches SEC(".maps");

/* A way from the buffer to a field: each offset but the last leads to a pointer, which is followed. */
struct way {
	u32 steps;
	/* 1, 2, 4 or 8. */
	u32 bytes;
	u32 offset[META_STEPS];
};

struct {
	MAP_UINT(type, BPF_MAP_TYPE_ARRAY);
	MAP_UINT(max_entries, META_FIELDS);
	MAP_TYPE(key, u32);
	MAP_TYPE(value, struct way);
} ways SEC(".maps");

struct {
	MAP_UINT(type, BPF_MAP_TYPE_RINGBUF);
	MAP_UINT(max_entries, 8388608);
} ring SEC(".maps");

/* What reached a function. */
struct arrival {
	void *ctx;
	struct sk_buff *skb;
	/* Its copy in the scratch. */
	struct sk_buff *copy;
	u64 cookie;
	u64 location;
	u32 reason;
	u32 netns;
	struct net_device *dev;
	u8 *head;
	u64 packet;
	u16 protocol;
	u16 begins;
	/* In `scratches`. */
	u32 captured;
	/* From its first byte there to the buffer's end. */
	u32 whole;
};
