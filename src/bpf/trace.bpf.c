/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Tells of each function of the kernel (or tracepoint) that a socket buffer reaches: which one, when, where, and how the packet begins. One
 * program serves all functions of a kind: which function it is and where its arguments are stands in a cookie. The filters are decided here.
 * Start at handle. */
#include "trace-arguments.bpf.h"
#include "trace-follow.bpf.h"
#include "trace-packet.bpf.h"

/* In one instruction: an interrupt in the middle of an addition, which meets packets itself, would have its own undone. */
INLINE void add_one(u64 *count)
{
	__sync_fetch_and_add(count, 1);
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
		add_one(&count->ring_full);
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
	add_one(&count->seen);
	find_netns(at);
	if (!look(at, count, scratch))
		add_one(&count->refused);
	if (track && at->cookie & (ENDS | LETS_GO))
		give_up(at);
}

INLINE int handle(void *ctx, struct sk_buff *skb, u32 reason, u64 location, u64 cookie)
{
	struct arrival at = { .ctx = ctx, .skb = skb, .cookie = cookie, .reason = reason, .location = location };
	u32 zero = 0;
	struct count *count = bpf_map_lookup_elem(&counts, &zero);
	if (is_over || !skb || !count)
		return 0;
	u32 slot = count->depth;
	struct scratch *scratch = bpf_map_lookup_elem(&scratches, &slot);
	if (!scratch) {
		add_one(&count->seen);
		add_one(&count->ring_full);
		return 0;
	}
	count->depth++;
	met(&at, count, scratch);
	count->depth--;
	return 0;
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
