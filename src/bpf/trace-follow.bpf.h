/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Owns following buffers: the number of a packet by address of a buffer and of its data, and when an address may be another's. */
#pragma once
#include "trace-event.bpf.h"

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
