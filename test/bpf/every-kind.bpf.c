/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* For the loader's tests: one of each kind of thing that it reads. Does nothing that is of use. */
#include "sonde.bpf.h"

#define NOINLINE static __attribute__((noinline))
#define PRESERVED __attribute__((preserve_access_index))
#define BPF_MAP_TYPE_PERCPU_HASH 5
#define BPF_MAP_TYPE_LRU_HASH 9

/* Two of many fields, which lie elsewhere in the kernel: it writes the right offsets in. */
struct net_device {
	int ifindex;
} PRESERVED;
struct sk_buff {
	unsigned int len;
	struct net_device *dev;
} PRESERVED;

struct __sk_buff {
	u32 len;
};

struct pair {
	u64 runs;
	u64 bytes;
	u32 odd;
};

typedef struct pair pair_alias;

struct event {
	u32 number;
	u32 filler;
	u64 value;
};

struct {
	MAP_UINT(type, BPF_MAP_TYPE_HASH);
	MAP_UINT(max_entries, 16);
	MAP_UINT(map_flags, 1); /* BPF_F_NO_PREALLOC */
	MAP_TYPE(key, u32);
	MAP_TYPE(value, const pair_alias);
} hash SEC(".maps");

struct {
	MAP_UINT(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	MAP_UINT(max_entries, 4);
	MAP_UINT(key_size, 4);
	MAP_UINT(value_size, 20);
} per_cpu SEC(".maps");

struct {
	MAP_UINT(type, BPF_MAP_TYPE_RINGBUF);
	MAP_UINT(max_entries, 4096);
} ring SEC(".maps");

struct {
	MAP_UINT(type, BPF_MAP_TYPE_LRU_HASH);
	MAP_UINT(max_entries, 8);
	MAP_TYPE(key, u16[4]);
	MAP_TYPE(value, u64);
} not_used SEC(".maps");

const volatile u32 limit = 7;
const volatile u64 wide = 0x1122334455667788;
u64 counter;
u32 step = 3;

/* Stays a function: called from two programs, and calls another. */
NOINLINE u64 half(u64 number)
{
	return bpf_get_prandom_u32() ? number / 2 : number;
}

NOINLINE u64 add(u64 to, u32 bytes)
{
	counter += step;
	return half(2 * to) + bytes;
}

static void note(u32 number, u64 value)
{
	struct event *event = bpf_ringbuf_reserve(&ring, sizeof(*event), 0);
	if (!event)
		return;
	event->number = number;
	event->filler = 0;
	event->value = value;
	if (number == 2)
		bpf_ringbuf_discard(event, BPF_RB_NO_WAKEUP);
	else
		bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
}

SEC("tc")
int count_packet(struct __sk_buff *skb)
{
	u32 key = 1;
	struct pair *one = bpf_map_lookup_elem(&per_cpu, &key);
	if (!one)
		return -1;
	u64 run = one->runs;
	one->runs = run + 1;
	one->bytes = add(one->bytes, skb->len);
	note(run, wide);
	return limit;
}

SEC("tcx/egress")
int look_up(struct __sk_buff *skb)
{
	u32 key = skb->len;
	struct pair *one = bpf_map_lookup_elem(&hash, &key);
	return one ? (int)add(one->odd, 0) : -1;
}

SEC("tp_btf/kfree_skb")
int on_drop(u64 *arguments)
{
	struct sk_buff *skb = (void *)arguments[0];
	struct net_device *device = skb->dev;
	if (device)
		note(skb->len, device->ifindex);
	return 0;
}

SEC("raw_tp/kfree_skb")
int on_drop_raw(u64 *arguments)
{
	struct sk_buff *skb = (void *)arguments[0];
	u32 bytes = 0;
	bpf_probe_read_kernel(&bytes, sizeof(bytes), &skb->len);
	counter += bytes > limit;
	return 0;
}

char licence[] SEC("license") = "Dual MIT/GPL";
