/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Owns what is wanted of a buffer, what costs least to know first, and reading how its packet begins. */
#pragma once
#include "trace-event.bpf.h"

#define VLAN_BYTES 4
/* Two MAC addresses. */
#define ETH_ADDRESSES 12
#define AF_INET 2
#define AF_INET6 10
#define AF_PACKET 17

/* Before 6.2 a bit of its own says whether there is a tag that the kernel took off. */
struct sk_buff___with_bit {
	u8 vlan_present : 1;
} __attribute__((preserve_access_index));
#define BYTE_OFFSET 0
#define BYTE_SIZE 1
#define EXISTS 2
#define LEFT_SHIFT 4
#define RIGHT_SHIFT 5

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
