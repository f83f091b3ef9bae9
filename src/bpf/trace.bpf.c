/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Tells of each function of the kernel (or tracepoint) that a socket buffer reaches: which one, when, where, and how the packet begins. One
 * program serves all functions of a kind: which function it is and where its arguments are stands in a cookie. The filters are decided here.
 * The reader is src/lib/kernel/bpf-trace-watch.ts; struct event is known to it byte by byte. */
#include "buffer.bpf.h"

/* Bytes of a packet's beginning that are told and filtered: src/lib/pcap-filter/classic.ts. */
#define FILTER_BYTES 128
#define VLAN_BYTES 4
/* Two MAC addresses. */
#define ETH_ADDRESSES 12
/* Steps to a field, and fields: src/lib/kernel/open-trace.ts. */
#define META_STEPS 8
#define META_FIELDS 4
#define CALLER_FRAMES 8
#define STACK_FRAMES 64
/* Programs of different kinds on one CPU, one interrupting the other: task, softirq, interrupt, and one more. */
#define NESTED 4
/* Kernels have 232 and a few more, by their configuration. */
#define MOST_SKB_BYTES 320

#define AF_INET 2
#define AF_INET6 10
#define AF_PACKET 17

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

/* Before 6.2 a bit of its own says whether there is a tag that the kernel took off. */
struct sk_buff___with_bit {
	u8 vlan_present : 1;
} __attribute__((preserve_access_index));
#define BYTE_OFFSET 0
#define BYTE_SIZE 1
#define EXISTS 2
#define LEFT_SHIFT 4
#define RIGHT_SHIFT 5
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
/* Registers of a kprobe: those of arm64 instead of those of x86_64. */
const volatile u32 is_arm64 = 0;
/* Of a program that hangs at one function only. */
const volatile u64 own_cookie = 0;

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

/* A buffer that is followed. */
struct followed {
	u64 packet;
	u64 head;
};

/* By address of the buffer. */
struct {
	MAP_UINT(type, BPF_MAP_TYPE_LRU_HASH);
	MAP_UINT(max_entries, 16384);
	MAP_TYPE(key, u64);
	MAP_TYPE(value, struct followed);
} buffers SEC(".maps");

/* Number of the packet by address of its data, which clones share. */
struct {
	MAP_UINT(type, BPF_MAP_TYPE_LRU_HASH);
	MAP_UINT(max_entries, 16384);
	MAP_TYPE(key, u64);
	MAP_TYPE(value, u64);
} heads SEC(".maps");

struct {
	MAP_UINT(type, BPF_MAP_TYPE_ARRAY);
	MAP_UINT(max_entries, 1);
	MAP_TYPE(key, u32);
	MAP_TYPE(value, u64);
} last_packet SEC(".maps");

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

/* Stand-ins: the loader puts programs for the filter of this trace in their place. Of the bytes `captured` are there (0 to FILTER_BYTES), of
 * a packet that is `length` long. 0 refuses it. */
static __attribute__((noinline)) int filter_link(const u8 *bytes, u32 captured, u32 length)
{
	int wanted = 1;
	asm volatile("" : "+r"(wanted) : "r"(bytes), "r"(captured), "r"(length));
	return wanted;
}

static __attribute__((noinline)) int filter_network(const u8 *bytes, u32 captured, u32 length)
{
	int wanted = 2;
	asm volatile("" : "+r"(wanted) : "r"(bytes), "r"(captured), "r"(length));
	return wanted;
}

INLINE int is_of_network(struct arrival *at)
{
	struct sock *sk = at->copy->sk;
	u16 family = 0;
	/* Not those of Unix sockets, netlink, vsock. One that a socket makes has neither a protocol nor a device yet. */
	if (at->dev || at->protocol)
		return 1;
	if (!sk || READ(family, sk->__sk_common.skc_family))
		return 0;
	return family == AF_INET || family == AF_INET6 || family == AF_PACKET;
}

INLINE void find_netns(struct arrival *at)
{
	at->netns = at->dev ? netns_of_device(at->dev) : 0;
	if (at->netns)
		return;
	struct sock *sk = at->copy->sk;
	at->dev = 0;
	at->netns = sk ? netns_of_socket(sk) : 0;
}

INLINE int is_named(struct net_device *dev)
{
	u64 name[2] = {};
	if (!dev || bpf_probe_read_kernel(name, sizeof(name), &dev->name))
		return 0;
	return !((name[0] ^ only_name_0) & only_name_mask_0) && !((name[1] ^ only_name_1) & only_name_mask_1);
}

/* What costs least to know. */
INLINE int is_wanted(struct arrival *at)
{
	if (only_netns && at->netns != only_netns)
		return 0;
	if (only_name_mask_0 && !is_named(at->dev))
		return 0;
	if (only_mark_mask && (at->copy->mark & only_mark_mask) != only_mark)
		return 0;
	return 1;
}

/* Whether the kernel keeps a VLAN tag of this packet beside it. */
INLINE int has_tag(struct sk_buff *skb, u16 proto)
{
	struct sk_buff___with_bit *old = (void *)skb;
	if (!__builtin_preserve_field_info(old->vlan_present, EXISTS))
		return proto != 0;
	u64 present = 0;
	void *from = (void *)skb + __builtin_preserve_field_info(old->vlan_present, BYTE_OFFSET);
	bpf_probe_read_kernel(&present, __builtin_preserve_field_info(old->vlan_present, BYTE_SIZE), from);
	present <<= __builtin_preserve_field_info(old->vlan_present, LEFT_SHIFT);
	present >>= __builtin_preserve_field_info(old->vlan_present, RIGHT_SHIFT);
	return present != 0;
}

/* The clamps here are in a form that 6.1 understands: never 0, never more than a power of two. */
INLINE void read_beginning(struct arrival *at, struct scratch *scratch)
{
	struct sk_buff *copy = at->copy;
	u16 network = copy->network_header;
	u32 tail = copy->tail, offset = (u32)(copy->data - at->head);
	u32 from = beginning_of(copy->mac_header, network, at->dev, offset, &at->begins);
	at->captured = 0;
	at->whole = copy->len + offset - from;
	/* At the transport layer: a packet that has no network header yet. */
	if (at->begins == BEGINS_AT_NETWORK && !at->protocol && !network)
		return;
	u32 bytes = tail > from ? tail - from : 0;
	if (!bytes)
		return;
	if (at->begins == BEGINS_AT_LINK && bytes > ETH_ADDRESSES) {
		u16 tag[2] = { copy->vlan_proto, __builtin_bswap16(copy->vlan_tci) };
		if (has_tag(at->skb, tag[0])) {
			u8 *to = scratch->bytes;
			u32 rest = bytes - ETH_ADDRESSES;
			if (rest > FILTER_BYTES - ETH_ADDRESSES - VLAN_BYTES)
				rest = FILTER_BYTES - ETH_ADDRESSES - VLAN_BYTES;
			u32 copied = rest;
			OPAQUE(copied);
			copied = ((copied - 1) & (FILTER_BYTES - 1)) + 1;
			if (bpf_probe_read_kernel(to, ETH_ADDRESSES, at->head + from))
				return;
			if (bpf_probe_read_kernel(to + ETH_ADDRESSES + VLAN_BYTES, copied, at->head + from + ETH_ADDRESSES))
				return;
			__builtin_memcpy(to + ETH_ADDRESSES, tag, VLAN_BYTES);
			at->captured = rest + ETH_ADDRESSES + VLAN_BYTES;
			at->whole += VLAN_BYTES;
			return;
		}
	}
	if (bytes > FILTER_BYTES)
		bytes = FILTER_BYTES;
	OPAQUE(bytes);
	bytes = ((bytes - 1) & (FILTER_BYTES - 1)) + 1;
	if (!bpf_probe_read_kernel(scratch->bytes, bytes, at->head + from))
		at->captured = bytes;
}

INLINE void follow(struct arrival *at)
{
	u64 key = (u64)at->skb, head = (u64)at->head;
	struct followed followed = { .packet = at->packet, .head = head };
	bpf_map_update_elem(&buffers, &key, &followed, BPF_ANY);
	bpf_map_update_elem(&heads, &head, &at->packet, BPF_ANY);
}

/* Whether the packet was met before, and was wanted then. */
INLINE int is_followed(struct arrival *at)
{
	u64 key = (u64)at->skb, head = (u64)at->head;
	struct followed *known = bpf_map_lookup_elem(&buffers, &key);
	if (known && !(at->cookie & ENTERS && known->head != head)) {
		at->packet = known->packet;
		if (known->head != head) {
			/* It was given more room. */
			known->head = head;
			bpf_map_update_elem(&heads, &head, &at->packet, BPF_ANY);
		}
		return 1;
	}
	u64 *packet = bpf_map_lookup_elem(&heads, &head);
	if (!packet) {
		if (known)
			bpf_map_delete_elem(&buffers, &key);
		return 0;
	}
	at->packet = *packet;
	follow(at);
	return 1;
}

INLINE void number(struct arrival *at)
{
	u32 zero = 0;
	u64 *last = bpf_map_lookup_elem(&last_packet, &zero);
	if (last)
		at->packet = __sync_fetch_and_add(last, 1) + 1;
	follow(at);
}

/* Where a buffer's address, and its data's, may be another's from now on. */
INLINE void give_up(struct arrival *at)
{
	u64 key = (u64)at->skb, head = (u64)at->head;
	if (at->cookie & LETS_GO) {
		s32 shared_by = 0;
		struct skb_shared_info *shared = (void *)(at->head + at->copy->end);
		/* The lower half counts buffers, the upper one those that look at the payload only. */
		if (!READ(shared_by, shared->dataref.counter) && (shared_by & 0xffff) <= 1)
			bpf_map_delete_elem(&heads, &head);
	}
	if (at->cookie & ENDS)
		bpf_map_delete_elem(&buffers, &key);
}

INLINE void read_meta(struct event *event)
{
	event->meta_there = 0;
#pragma clang loop unroll(disable)
	for (u32 i = 0; i < META_FIELDS; i++) {
		event->meta[i] = 0;
		u32 key = i;
		struct way *way = i < meta_fields ? bpf_map_lookup_elem(&ways, &key) : 0;
		if (!way)
			continue;
		/* Out of the ring it is a number, to which anything may be added. */
		u64 from = *(volatile u64 *)&event->skb, value = 0;
		u32 steps = way->steps;
		long failed = 0;
#pragma clang loop unroll(disable)
		for (u32 step = 0; step < META_STEPS; step++) {
			from += way->offset[step];
			if (step + 1 >= steps)
				break;
			u64 next = 0;
			failed = bpf_probe_read_kernel(&next, sizeof(next), (void *)from);
			if (failed || !next) {
				failed = 1;
				break;
			}
			from = next;
		}
		if (failed)
			continue;
		if (way->bytes == 8)
			failed = bpf_probe_read_kernel(&value, 8, (void *)from);
		else if (way->bytes == 4)
			failed = bpf_probe_read_kernel(&value, 4, (void *)from);
		else if (way->bytes == 2)
			failed = bpf_probe_read_kernel(&value, 2, (void *)from);
		else
			failed = bpf_probe_read_kernel(&value, 1, (void *)from);
		if (failed)
			continue;
		event->meta[i] = value;
		event->meta_there |= 1 << i;
	}
}

INLINE void tell(struct event *event, struct arrival *at, struct scratch *scratch)
{
	struct net_device *dev = at->dev;
	u32 device = 0, mtu = 0;
	event->time = bpf_ktime_get_ns();
	event->skb = (u64)at->skb;
	event->packet = at->packet;
	event->location = at->location;
	event->function = FUNCTION(at->cookie);
	event->reason = at->reason;
	event->pid = bpf_get_current_pid_tgid() >> 32;
	event->cpu = bpf_get_smp_processor_id();
	event->netns = at->netns;
	event->mark = at->copy->mark;
	event->length = at->copy->len;
	event->ethertype = __builtin_bswap16(at->protocol);
	event->header_bytes = at->captured;
	event->begins = at->begins;
	event->stack_frames = 0;
	event->unused = 0;
	__builtin_memset(event->name, 0, sizeof(event->name));
	if (dev) {
		READ(device, dev->ifindex);
		READ(mtu, dev->mtu);
		READ(event->name, dev->name);
	}
	event->device = device;
	event->mtu = mtu;
	bpf_get_current_comm(event->process, sizeof(event->process));
	if (meta_fields)
		read_meta(event);
	__builtin_memcpy(event->header, scratch->bytes, FILTER_BYTES);
}

/* One size each, since 6.1 reserves constant sizes only. @returns 0 where the ring is full */
INLINE int send(struct arrival *at, struct scratch *scratch)
{
	struct event *event;
	if (stack_kind == NO_STACK) {
		event = bpf_ringbuf_reserve(&ring, sizeof(*event), 0);
		if (!event)
			return 0;
		tell(event, at, scratch);
	} else if (stack_kind == ONLY_CALLER) {
		event = bpf_ringbuf_reserve(&ring, sizeof(*event) + CALLER_FRAMES * 8, 0);
		if (!event)
			return 0;
		tell(event, at, scratch);
		long bytes = bpf_get_stack(at->ctx, event->stack, CALLER_FRAMES * 8, 0);
		event->stack_frames = bytes > 0 ? bytes / 8 : 0;
	} else {
		event = bpf_ringbuf_reserve(&ring, sizeof(*event) + STACK_FRAMES * 8, 0);
		if (!event)
			return 0;
		tell(event, at, scratch);
		long bytes = bpf_get_stack(at->ctx, event->stack, STACK_FRAMES * 8, 0);
		event->stack_frames = bytes > 0 ? bytes / 8 : 0;
	}
	bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
	return 1;
}

/* @returns whether it is told, or the ring was full */
INLINE int look(struct arrival *at, struct count *count, struct scratch *scratch)
{
	int followed = track && is_followed(at);
	if (!followed && !is_wanted(at))
		return 0;
	read_beginning(at, scratch);
	if (has_filter && !followed) {
		if (at->begins == BEGINS_AT_LINK ? !filter_link(scratch->bytes, at->captured, at->whole)
						 : !filter_network(scratch->bytes, at->captured, at->whole))
			return 0;
	}
	if (track && !followed)
		number(at);
	if (!send(at, scratch))
		count->ring_full++;
	return 1;
}

INLINE void met(struct arrival *at, struct count *count, struct scratch *scratch)
{
	u32 bytes = __builtin_preserve_type_info(*at->skb, TYPE_SIZE);
	if (bytes > MOST_SKB_BYTES)
		bytes = MOST_SKB_BYTES;
	if (bpf_probe_read_kernel(scratch->skb, bytes, at->skb))
		return;
	at->copy = (void *)scratch->skb;
	at->dev = at->copy->dev;
	at->protocol = at->copy->protocol;
	at->head = at->copy->head;
	if (!is_of_network(at))
		return;
	count->seen++;
	find_netns(at);
	if (!look(at, count, scratch))
		count->refused++;
	if (track && at->cookie & (ENDS | LETS_GO))
		give_up(at);
}

INLINE int handle(void *ctx, struct sk_buff *skb, u32 reason, u64 location, u64 cookie)
{
	struct arrival at = { .ctx = ctx, .skb = skb, .cookie = cookie, .reason = reason, .location = location };
	u32 zero = 0;
	struct count *count = bpf_map_lookup_elem(&counts, &zero);
	if (!skb || !count)
		return 0;
	u32 slot = count->depth;
	struct scratch *scratch = bpf_map_lookup_elem(&scratches, &slot);
	if (!scratch) {
		count->ring_full++;
		return 0;
	}
	count->depth++;
	met(&at, count, scratch);
	count->depth--;
	return 0;
}

#define LOAD(to, from, offset) asm volatile("%0 = *(u64 *)(%1 + " #offset ")" : "=r"(to) : "r"(from))

/* The arguments of a function by their position: registers of a kprobe at constant places (the kernel allows no others), ... */
INLINE u64 register_of(void *ctx, u32 position)
{
	u64 value = 0;
	if (is_arm64) {
		switch (position) {
		case 0: LOAD(value, ctx, 0); break;
		case 1: LOAD(value, ctx, 8); break;
		case 2: LOAD(value, ctx, 16); break;
		case 3: LOAD(value, ctx, 24); break;
		case 4: LOAD(value, ctx, 32); break;
		case 5: LOAD(value, ctx, 40); break;
		}
	} else {
		switch (position) {
		case 0: LOAD(value, ctx, 112); break;
		case 1: LOAD(value, ctx, 104); break;
		case 2: LOAD(value, ctx, 96); break;
		case 3: LOAD(value, ctx, 88); break;
		case 4: LOAD(value, ctx, 72); break;
		case 5: LOAD(value, ctx, 64); break;
		}
	}
	return value;
}

/* ... and what the kernel hands to a program of its own kind. */
INLINE u64 argument_of(void *ctx, u32 position)
{
	u64 value = 0;
	switch (position) {
	case 0: LOAD(value, ctx, 0); break;
	case 1: LOAD(value, ctx, 8); break;
	case 2: LOAD(value, ctx, 16); break;
	case 3: LOAD(value, ctx, 24); break;
	case 4: LOAD(value, ctx, 32); break;
	case 5: LOAD(value, ctx, 40); break;
	}
	return value;
}

/* Address that the function returns to: at its beginning it lies where the stack ends, or in the link register. */
INLINE u64 return_address(void *ctx)
{
	u64 value = 0;
	if (is_arm64) {
		LOAD(value, ctx, 240);
	} else {
		u64 stack = 0;
		LOAD(stack, ctx, 152);
		bpf_probe_read_kernel(&value, sizeof(value), (void *)stack);
	}
	return value;
}

INLINE int handle_registers(void *ctx)
{
	u64 cookie = bpf_get_attach_cookie(ctx);
	u32 reason = REASON_AT(cookie) ? register_of(ctx, REASON_AT(cookie) - 1) : 0;
	u64 caller = stack_kind || cookie & CALLER_DROPS ? return_address(ctx) : 0;
	return handle(ctx, (struct sk_buff *)register_of(ctx, BUFFER_AT(cookie)), reason, caller, cookie);
}

INLINE int handle_arguments(void *ctx)
{
	u64 cookie = own_cookie;
	u32 reason = REASON_AT(cookie) ? argument_of(ctx, REASON_AT(cookie) - 1) : 0;
	u64 location = cookie & HAS_LOCATION ? argument_of(ctx, BUFFER_AT(cookie) + 1) : 0;
	return handle(ctx, (struct sk_buff *)argument_of(ctx, BUFFER_AT(cookie)), reason, location, cookie);
}

SEC("kprobe.multi")
int trace_multi(void *ctx)
{
	return handle_registers(ctx);
}

SEC("kprobe")
int trace_kprobe(void *ctx)
{
	return handle_registers(ctx);
}

SEC("fentry")
int trace_fentry(void *ctx)
{
	return handle_arguments(ctx);
}

SEC("tp_btf")
int trace_tracepoint(void *ctx)
{
	return handle_arguments(ctx);
}

/* @returns whether a buffer that was followed lay there */
INLINE int forget(u64 address)
{
	struct followed *known = bpf_map_lookup_elem(&buffers, &address);
	if (!known)
		return 0;
	u64 head = known->head;
	bpf_map_delete_elem(&heads, &head);
	bpf_map_delete_elem(&buffers, &address);
	return 1;
}

/* Memory that the kernel gives back, of whatever kind: buffers that reach their end without a tracepoint of their own, and small data. */
SEC("tp_btf/kmem_cache_free")
int trace_freed(void *ctx)
{
	u32 zero = 0;
	u64 *last = bpf_map_lookup_elem(&last_packet, &zero);
	if (!last || !*last)
		return 0;
	u64 freed = argument_of(ctx, 1);
	int found = forget(freed);
	/* TCP has its buffers in pairs: the second is the clone that is sent. */
	found |= forget(freed + __builtin_preserve_type_info(*(struct sk_buff *)0, TYPE_SIZE));
	if (!found)
		bpf_map_delete_elem(&heads, &freed);
	return 0;
}

char _license[] SEC("license") = "Dual MIT/GPL";
