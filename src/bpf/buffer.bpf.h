/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Owns what the programs that meet a socket buffer anywhere in the kernel read of it: its device, network namespace, and where its headers
 * begin. Memory is read with bpf_probe_read_kernel throughout, so that one function serves every way of hanging at the kernel, and a pointer
 * that is none (skb->dev of a datagram in a socket's queue shares its place with something else) reads as nothing. */
#pragma once
#include "sonde.bpf.h"

/* include/uapi/linux/if_arp.h */
#define ARPHRD_ETHER 1
#define ARPHRD_LOOPBACK 772
#define ETH_HLEN 14
/* skb->mac_header where it is not set. */
#define UNSET 0xffff

#define BEGINS_AT_LINK 1
#define BEGINS_AT_NETWORK 2

/** Only the fields that are used: the kernel puts its own offsets in the place of these. */
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct ns_common {
	u32 inum;
};
struct net {
	struct ns_common ns;
};
typedef struct {
	struct net *net;
} possible_net_t;
struct net_device {
	s32 ifindex;
	u32 mtu;
	u16 type;
	possible_net_t nd_net;
	char name[16];
};
struct sock_common {
	u16 skc_family;
	possible_net_t skc_net;
};
struct sock {
	struct sock_common __sk_common;
};
struct sk_buff {
	struct net_device *dev;
	struct sock *sk;
	u32 len;
	u32 mark;
	u16 protocol;
	u16 vlan_proto;
	u16 vlan_tci;
	u16 mac_header;
	u16 network_header;
	s32 skb_iif;
	u32 tail;
	u32 end;
	u8 *head;
	u8 *data;
};
typedef struct {
	s32 counter;
} atomic_t;
struct skb_shared_info {
	u16 gso_size;
	u16 gso_segs;
	atomic_t dataref;
};
#pragma clang attribute pop

#define READ(to, from) bpf_probe_read_kernel(&(to), sizeof(to), &(from))

INLINE u32 inode_of(struct net *net)
{
	u32 inode = 0;
	READ(inode, net->ns.inum);
	return inode;
}

INLINE u32 netns_of_device(struct net_device *dev)
{
	struct net *net = 0;
	return !READ(net, dev->nd_net.net) && net ? inode_of(net) : 0;
}

INLINE u32 netns_of_socket(struct sock *sk)
{
	struct net *net = 0;
	READ(net, sk->__sk_common.skc_net.net);
	return net ? inode_of(net) : 0;
}

/* Where the packet's beginning is, as an offset from skb->head: at its Ethernet header where it has one, else at the network layer, or where
 * `data` is. */
INLINE u32 beginning_of(u16 mac, u16 network, struct net_device *dev, u32 data, u16 *begins)
{
	u16 type = 0;
	int is_ethernet = 0;
	if (dev && !READ(type, dev->type))
		is_ethernet = type == ARPHRD_ETHER || type == ARPHRD_LOOPBACK;
	*begins = BEGINS_AT_LINK;
	if (mac != UNSET) {
		/* 0: the packet has not come as far as the network layer. */
		if (is_ethernet && (network == 0 || network >= mac + ETH_HLEN))
			return mac;
		/* A socket's buffer knows no device any more. */
		if (!dev && network == mac + ETH_HLEN)
			return mac;
	}
	*begins = BEGINS_AT_NETWORK;
	return network ? network : data;
}
